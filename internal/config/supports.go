package config

import (
	"errors"
	"strings"

	"go.yaml.in/yaml/v4"
)

// Support is an intervention to tick on the contract: a text, or the text in
// each language that contracts are written in.
type Support struct {
	English string `yaml:"en"`
	Spanish string `yaml:"es"` // empty where only the English is given
}

// inEachLanguage is the longer form, which reads itself no further.
type inEachLanguage Support

// UnmarshalYAML reads either form as strictly as the rest of the file.
func (s *Support) UnmarshalYAML(n *yaml.Node) error {
	written := n
	if n.Kind == yaml.AliasNode {
		written = n.Alias
	}
	if written.Kind == yaml.ScalarNode {
		*s = Support{}
		if err := n.Load(&s.English); err != nil {
			return err
		}
	} else {
		if err := n.Load((*inEachLanguage)(s), yaml.WithKnownFields()); err != nil {
			return err
		}
	}
	if strings.TrimSpace(s.English) == "" {
		return errors.New("a support needs its English text; write it alone, or as {en: Home visit, es: Visita al hogar}")
	}
	return nil
}

// defaultSupports are the menu of a district that names none.
var defaultSupports = []Support{
	{"Morning check-in with a trusted adult", "Contacto cada mañana con un adulto de confianza"},
	{"Attendance goal and weekly chart", "Meta de asistencia y registro semanal"},
	{"Home visit", "Visita al hogar"},
	{"Counseling or social-emotional support", "Consejería o apoyo socioemocional"},
	{"Tutoring or homework club", "Tutoría o club de tareas"},
	{"Before- or after-school program", "Programa antes o después de clases"},
	{"Help with transportation", "Ayuda con el transporte"},
	{"School nurse or health plan", "Enfermería escolar o plan de salud"},
	{"Mentor or buddy", "Mentor o compañero de apoyo"},
	{"Parent workshop", "Taller para padres y madres"},
	{"Student Study Team (SST) meeting", "Reunión del equipo de apoyo (SST)"},
	{"Referral to community services", "Enlace con servicios comunitarios"},
}

// defaultInSpanish are rooms that most schools have. A district's own are added
// to them.
var defaultInSpanish = map[string]string{
	"Auditorium":        "Auditorio",
	"Cafeteria":         "Cafetería",
	"Conference room":   "Sala de conferencias",
	"Front office":      "Oficina principal",
	"Gym":               "Gimnasio",
	"Library":           "Biblioteca",
	"Main office":       "Oficina principal",
	"Multipurpose room": "Salón de usos múltiples",
	"Office":            "Oficina",
	"Parent center":     "Centro de padres",
	"School office":     "Oficina de la escuela",
	"Staff room":        "Sala de maestros",
}

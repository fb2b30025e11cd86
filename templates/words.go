package templates

import (
	"fmt"
	"strings"

	"rollcall/internal/district"
)

// The languages that letters are written in. Any other family gets English with
// the offer of an interpreter.
const (
	English = "en"
	Spanish = "es"
)

// Languages lists them.
var Languages = []string{English, Spanish}

var (
	spanishDays   = [...]string{"domingo", "lunes", "martes", "miércoles", "jueves", "viernes", "sábado"}
	spanishMonths = [...]string{"", "enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto",
		"septiembre", "octubre", "noviembre", "diciembre"}
	spanishShortMonths = [...]string{"", "ene", "feb", "mar", "abr", "may", "jun", "jul", "ago", "sep", "oct", "nov", "dic"}
)

// Day is a date in full: "Tuesday, November 18, 2025", "martes 18 de noviembre
// de 2025". The zero Date gives the empty string.
func Day(lang string, d district.Date) string {
	if d.IsZero() {
		return ""
	}
	if lang != Spanish {
		return d.Format("Monday, January 2, 2006")
	}
	year, month, day := d.Time().Date()
	return fmt.Sprintf("%s %d de %s de %d", spanishDays[d.Weekday()], day, spanishMonths[month], year)
}

// ShortDay is a date for a table: "Tue Oct 7, 2025", "mar 7 oct 2025".
func ShortDay(lang string, d district.Date) string {
	if d.IsZero() {
		return ""
	}
	if lang != Spanish {
		return d.Format("Mon Jan 2, 2006")
	}
	year, month, day := d.Time().Date()
	weekday := []rune(spanishDays[d.Weekday()])
	return fmt.Sprintf("%s %d %s %d", string(weekday[:3]), day, spanishShortMonths[month], year)
}

// BriefDay is a date in a letter's table, whose heading names the school year:
// "Tue Oct 7", "mar 7 oct". Its spaces do not break.
func BriefDay(lang string, d district.Date) string {
	if d.IsZero() {
		return ""
	}
	brief := ShortDay(lang, d)
	return strings.ReplaceAll(strings.TrimSuffix(brief[:strings.LastIndexByte(brief, ' ')], ","), " ", "\u00a0")
}

// TimeOfDay is minutes after midnight as a clock shows them: "8:30 AM",
// "8:30 a. m.".
func TimeOfDay(lang string, minutes int) string {
	h, m := minutes/60%24, minutes%60
	half := "AM"
	if h >= 12 {
		half = "PM"
	}
	if lang == Spanish {
		half = map[string]string{"AM": "a.\u00a0m.", "PM": "p.\u00a0m."}[half]
	}
	return fmt.Sprintf("%d:%02d\u00a0%s", (h+11)%12+1, m, half)
}

// AtTime is TimeOfDay with its preposition: "at 1:00 PM", "a la 1:00 p. m.".
func AtTime(lang string, minutes int) string {
	switch {
	case lang != Spanish:
		return "at " + TimeOfDay(lang, minutes)
	case (minutes/60+11)%12 == 0:
		return "a la " + TimeOfDay(lang, minutes)
	}
	return "a las " + TimeOfDay(lang, minutes)
}

// Grade is a grade in words: "grade 3", "3.er grado".
func Grade(lang, grade string) string {
	switch {
	case lang == Spanish && grade == "TK":
		return "kínder de transición"
	case lang == Spanish && grade == "K":
		return "kínder"
	case lang == Spanish && (grade == "1" || grade == "3"):
		return grade + ".er grado"
	case lang == Spanish:
		return grade + ".º grado"
	case grade == "TK":
		return "transitional kindergarten"
	case grade == "K":
		return "kindergarten"
	}
	return "grade " + grade
}

// Percent is a share rounded to one decimal: "13.3%".
func Percent(lang string, part, whole int) string {
	if whole <= 0 {
		return "0%"
	}
	tenths := (2000*part + whole) / (2 * whole)
	s := fmt.Sprintf("%d.%d", tenths/10, tenths%10)
	s = strings.TrimSuffix(s, ".0")
	if lang == Spanish {
		return s + "\u00a0%"
	}
	return s + "%"
}

// Names joins names: "A, B and C", "A, B y C" ("e" before the sound of i).
func Names(lang string, names []string) string {
	if len(names) == 0 {
		return ""
	}
	last := names[len(names)-1]
	if len(names) == 1 {
		return last
	}
	and := "and"
	if lang == Spanish {
		and = "y"
		if soundsLikeI(last) {
			and = "e"
		}
	}
	return strings.Join(names[:len(names)-1], ", ") + " " + and + " " + last
}

func soundsLikeI(s string) bool {
	r := []rune(strings.ToLower(s))
	if len(r) > 0 && r[0] == 'h' {
		r = r[1:]
	}
	if len(r) == 0 || r[0] != 'i' && r[0] != 'í' {
		return false
	}
	// Iago, Hiedra: with a vowel after it the i sounds like a y.
	return len(r) == 1 || !strings.ContainsRune("aeouáéóú", r[1])
}

// TeamName is a team in full with its short form.
func TeamName(lang, kind string) string {
	switch {
	case lang == Spanish && kind == "CART":
		return "Equipo de Revisión de Ausentismo Crónico (CART)"
	case lang == Spanish:
		return "Equipo Escolar de Revisión de Asistencia (SART)"
	case kind == "CART":
		return "Chronic Attendance Review Team (CART)"
	}
	return "School Attendance Review Team (SART)"
}

var reasons = map[string]map[district.Category]string{
	English: {
		district.Excused: "Excused", district.Unexcused: "Not excused", district.Unverified: "Not yet verified",
		district.Suspension: "Suspension", district.IndependentStudyIncomplete: "Independent study not completed",
		district.Tardy: "Late", district.TardyOver30: "Late", district.Present: "Present",
	},
	Spanish: {
		district.Excused: "Justificada", district.Unexcused: "Injustificada", district.Unverified: "Aún sin verificar",
		district.Suspension: "Suspensión", district.IndependentStudyIncomplete: "Estudio independiente sin completar",
		district.Tardy: "Tardanza", district.TardyOver30: "Tardanza", district.Present: "Presente",
	},
}

// Reason is what an absence category means to a family, in words that tell
// nothing of its health.
func Reason(lang string, c district.Category) string {
	if words, ok := reasons[lang]; ok {
		return words[c]
	}
	return reasons[English][c]
}

// Phrase is one of the short phrases that the program itself sets into letters.
type Phrase string

// The phrases.
const (
	FullDay       Phrase = "full day"
	Over30        Phrase = "over 30 minutes"
	NoReasonGiven Phrase = "No reason given"
	YourChild     Phrase = "your child"
	ParentOf      Phrase = "parent or guardian"
	TheTeam       Phrase = "the attendance team"
	OfficeWord    Phrase = "the attendance office"
	PageOf        Phrase = "page %d of %d"
	LetterNumber  Phrase = "Letter %s"
	CutHere       Phrase = "Cut or tear here"
	AtSchool      Phrase = "School Administration"
	Clerk         Phrase = "Attendance Clerk"
	Manager       Phrase = "Office Manager"
	Administrator Phrase = "School Administrator"
	MinutesLate   Phrase = "%d minutes late"
	MinutesMissed Phrase = "%d minutes missed"
	PartOfDay     Phrase = "part of the day"
	Period        Phrase = "period"
	Periods       Phrase = "periods"
	FamilyOf      Phrase = "To the family of"
	FamilyCopy    Phrase = "Copy for the family"
	SchoolCopy    Phrase = "Copy for the school"
)

var spanishPhrases = map[Phrase]string{
	FullDay: "día completo", Over30: "más de 30 minutos",
	NoReasonGiven: "No se dio un motivo",
	YourChild:     "su hijo o hija", ParentOf: "padre, madre o tutor", TheTeam: "el equipo de asistencia",
	OfficeWord: "la oficina de asistencia", PageOf: "página %d de %d", LetterNumber: "Carta %s",
	CutHere: "Corte o desprenda aquí", AtSchool: "Dirección de la escuela",
	Clerk: "encargada o encargado de asistencia", Manager: "gerente de la oficina", Administrator: "Dirección de la escuela",
	MinutesLate: "%d minutos tarde", MinutesMissed: "%d minutos perdidos", PartOfDay: "parte del día",
	Period: "período", Periods: "períodos", FamilyOf: "A la familia de",
	FamilyCopy: "Copia para la familia", SchoolCopy: "Copia para la escuela",
}

// Say gives a phrase in a language.
func Say(lang string, p Phrase) string {
	if lang == Spanish {
		return spanishPhrases[p]
	}
	return string(p)
}

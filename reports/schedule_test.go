package reports

import "testing"

func TestScheduleLook(t *testing.T) {
	s := fullNight()
	for name, make := range map[string]func() (PDF, error){
		"schedule": func() (PDF, error) { return Schedule(s, nil) },
		"guide":    func() (PDF, error) { return Guide(s, words(t)) },
		"calls":    func() (PDF, error) { return Calls(s, words(t)) },
		"brief":    func() (PDF, error) { return Brief(s, nil) },
		"district": func() (PDF, error) { return DistrictBrief(fixtureDistrict(), nil) },
		"small":    func() (PDF, error) { d := fixtureDistrict(); d.SuppressSmall = true; return DistrictBrief(d, nil) },
		"room":     func() (PDF, error) { return Room(s, nil) },
	} {
		pdf, err := make()
		if err != nil {
			t.Fatal(err)
		}
		checkPDF(t, pdf.Bytes)
		keepPDF(t, name+".pdf", pdf.Bytes)
	}
}

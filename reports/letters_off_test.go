package reports

import (
	"strings"
	"testing"

	"rollcall/internal/intervention"
)

// A family that was told of a meeting which is off, and has no other day yet, is
// told just that.
func TestAMeetingCanBeCalledOffBeforeThereIsAnotherDay(t *testing.T) {
	for language, want := range map[string][]string{
		"en": {"has been moved", "There is no new day yet.", "You do not need to come on the day planned before."},
		"es": {"se ha aplazado", "Todavía no hay una nueva fecha.", "No tiene que venir el día previsto antes."},
	} {
		s, due := letterNight(intervention.Rescheduled, language)
		due.Meeting, due.CorrectBy = nil, 0
		text := oneParagraph(pdfText(t, printLetters(t, s, due).Bytes))
		for _, words := range want {
			if !strings.Contains(text, words) {
				t.Errorf("%s: the letter does not say %q: %s", language, words, text)
			}
		}
		if strings.Contains(text, "new day and time") || strings.Contains(text, "nueva fecha y hora") {
			t.Errorf("%s: the letter names a new day: %s", language, text)
		}
	}
}

package mail

import (
	"mime"
	"strings"
	"testing"
)

func TestASubjectThatLooksEncodedIsShownAsItIs(t *testing.T) {
	for _, subject := range []string{"=?utf-8?q?Oak?= School", "Oak =?utf-8?b?QmNj?=, 4 meetings", "Peña =?x", "1 =? 2"} {
		m := schedule()
		m.Subject = subject
		header, _ := read(t, encode(t, m))
		got, err := new(mime.WordDecoder).DecodeHeader(header.Get("Subject"))
		if err != nil || strings.ReplaceAll(got, "\u2060", "") != subject {
			t.Errorf("%q is read as %q, %v", subject, got, err)
		}
	}
}

package seal_test

import (
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/pdfcpu/pdfcpu/pkg/api"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/model"
	"github.com/phpdave11/gofpdf"

	"rollcall/internal/mail"
	"rollcall/internal/seal"
)

const password = "Elm-Street-5550100"

// brief is a document of some pages as the reports print them.
func brief(t testing.TB, pages int) []byte {
	t.Helper()
	pdf := gofpdf.New("P", "mm", "Letter", "")
	pdf.SetTitle("Brief", true)
	pdf.SetFont("Helvetica", "", 12)
	for range pages {
		pdf.AddPage()
		pdf.Cell(40, 10, "Three students need a meeting.")
	}
	var b bytes.Buffer
	if err := pdf.Output(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

var inside = []mail.Attachment{
	{Name: "roster.xlsx", ContentType: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", Bytes: bytes.Repeat([]byte("PK\x03\x04\x00\xff"), 5000)},
	{Name: "schedule.ics", ContentType: "text/calendar", Bytes: []byte("BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n")},
	{Name: "empty.csv", ContentType: "text/csv"},
}

func TestPasswordOpensTheDocumentAndWhatIsInside(t *testing.T) {
	closed := sealed(t, brief(t, 3), inside, password)
	if pages, err := api.PageCount(bytes.NewReader(closed), unlock(password)); err != nil || pages != 3 {
		t.Fatalf("%d pages, %v; want 3", pages, err)
	}
	want := map[string]string{}
	for _, a := range inside {
		want[a.Name] = string(a.Bytes)
	}
	if diff := cmp.Diff(want, extract(t, closed, password)); diff != "" {
		t.Errorf("files inside (-want +got):\n%s", diff)
	}
}

func TestOtherReadersOpenIt(t *testing.T) {
	for name, pass := range map[string]string{
		"plain": password, "spaces": "a pass phrase with spaces", "accents": "contraseña-é",
		"longest poppler's tools take": strings.Repeat("x", 32),
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			file := filepath.Join(dir, "sealed.pdf")
			if err := os.WriteFile(file, sealed(t, brief(t, 2), inside, pass), 0o600); err != nil {
				t.Fatal(err)
			}
			shown := run(t, "qpdf", "--show-encryption", "--password="+pass, file)
			for _, line := range []string{
				"R = 6", "stream encryption method: AESv3", "string encryption method: AESv3", "file encryption method: AESv3",
				"extract for accessibility: allowed", "print high resolution: allowed", "modify anything: not allowed",
			} {
				if !strings.Contains(shown, line) {
					t.Errorf("qpdf does not say %q:\n%s", line, shown)
				}
			}
			run(t, "qpdf", "--check", "--password="+pass, file)
			run(t, "pdfdetach", "-upw", pass, "-saveall", "-o", dir, file)
			for _, a := range inside {
				got, err := os.ReadFile(filepath.Join(dir, a.Name))
				if err != nil || !bytes.Equal(got, a.Bytes) {
					t.Errorf("%s came out changed: %d bytes, want %d, %v", a.Name, len(got), len(a.Bytes), err)
				}
			}
		})
	}
}

func TestNothingOpensItWithoutThePassword(t *testing.T) {
	closed := sealed(t, brief(t, 1), inside, password)
	file := filepath.Join(t.TempDir(), "sealed.pdf")
	if err := os.WriteFile(file, closed, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, wrong := range []string{"", "wrong", strings.ToLower(password), password + " "} {
		if _, err := api.PageCount(bytes.NewReader(closed), unlock(wrong)); err == nil {
			t.Errorf("pdfcpu opened it with %q", wrong)
		}
		out, err := exec.CommandContext(t.Context(), "qpdf", "--check", "--password="+wrong, file).CombinedOutput()
		var exit *exec.ExitError
		if !errors.As(err, &exit) || !strings.Contains(string(out), "invalid password") {
			t.Errorf("qpdf opened it with %q: %v\n%s", wrong, err, out)
		}
	}
	for _, plain := range []string{"Three students", "roster.xlsx", "BEGIN:VCALENDAR", "Brief"} {
		if bytes.Contains(closed, []byte(plain)) {
			t.Errorf("%q can be read without a password", plain)
		}
	}
}

func TestDocumentWithoutFilesIsSealedAlone(t *testing.T) {
	closed := sealed(t, brief(t, 1), nil, password)
	if pages, err := api.PageCount(bytes.NewReader(closed), unlock(password)); err != nil || pages != 1 {
		t.Errorf("%d pages, %v; want 1", pages, err)
	}
}

func TestNamesInsideAreSafeAndDistinct(t *testing.T) {
	long := strings.Repeat("ñ", 200)
	var files []mail.Attachment
	for _, name := range []string{
		"../../etc/passwd", `C:\Windows\evil.ics`, "roster.xlsx", "Roster.xlsx", "a\r\nb\x00.csv", "fdp.\u202eexe",
		"", "..", ".profile", "what?.csv", "niños (sábado).csv", long + ".xlsx", "bad\xffbyte.csv",
	} {
		files = append(files, mail.Attachment{Name: name, Bytes: []byte(name)})
	}
	got := extract(t, sealed(t, brief(t, 1), files, password), password)
	want := map[string]string{}
	for i, name := range []string{
		"passwd", "evil.ics", "roster.xlsx", "Roster-2.xlsx", "ab.csv", "fdp.exe",
		"attachment", "attachment-2", "profile", "what_.csv", "niños (sábado).csv", strings.Repeat("ñ", 57) + ".xlsx", "badbyte.csv",
	} {
		want[name] = files[i].Name
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("names inside (-want +got):\n%s", diff)
	}
}

func TestAccentTypedAsTwoCharactersIsTheSamePassword(t *testing.T) {
	closed := sealed(t, brief(t, 1), nil, "e\u0301cole")
	if _, err := api.PageCount(bytes.NewReader(closed), unlock("\u00e9cole")); err != nil {
		t.Error(err)
	}
}

func TestWhatCannotBeSealedIsRefused(t *testing.T) {
	document := brief(t, 1)
	for name, c := range map[string]struct {
		pdf            []byte
		password, says string
	}{
		"no password":                {document, "", "empty"},
		"password of control signs":  {document, "a\nb", "control character"},
		"password that is too long":  {document, strings.Repeat("é", 64), "longer than 127 bytes"},
		"password that is not UTF-8": {document, "\xff", "not UTF-8"},
		"no document":                {nil, password, "read document"},
		"a document that is no PDF":  {[]byte("<html>"), password, "read document"},
		"half a document":            {document[:len(document)/4], password, "read document"},
		"a document sealed before":   {sealed(t, document, nil, password), password, "this file is encrypted"},
		"sealed with another":        {sealed(t, document, nil, "another-5550101"), password, "read document"},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := seal.PDF(c.pdf, inside, c.password)
			if err == nil || !strings.Contains(err.Error(), c.says) || got != nil {
				t.Errorf("%d bytes, error %v; want one that says %q", len(got), err, c.says)
			}
		})
	}
}

func TestSealingLeavesNoFileAndNeedsNoHome(t *testing.T) {
	home := t.TempDir()
	for _, name := range []string{"HOME", "XDG_CONFIG_HOME", "TMPDIR"} {
		t.Setenv(name, home)
	}
	if err := os.Chmod(home, 0o500); err != nil {
		t.Fatal(err)
	}
	sealed(t, brief(t, 1), inside, password)
	left, err := os.ReadDir(home)
	if err != nil || len(left) != 0 {
		t.Errorf("left %v, %v", left, err)
	}
}

func TestManySealAtOnce(t *testing.T) {
	document := brief(t, 2)
	made := make([][]byte, 8)
	var group sync.WaitGroup
	for i := range made {
		group.Go(func() {
			var err error
			if made[i], err = seal.PDF(document, inside, password); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	seen := map[string]bool{}
	for _, s := range made {
		if _, err := api.PageCount(bytes.NewReader(s), unlock(password)); err != nil {
			t.Error(err)
		}
		seen[hex.EncodeToString(s)] = true
	}
	if len(seen) != len(made) {
		t.Errorf("%d different files of %d: keys repeat", len(seen), len(made))
	}
}

func BenchmarkPDF(b *testing.B) {
	document := brief(b, 5)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := seal.PDF(document, inside, password); err != nil {
			b.Fatal(err)
		}
	}
}

func unlock(password string) *model.Configuration {
	api.DisableConfigDir()
	settings := model.NewAESConfiguration(password, "", 256)
	settings.Offline = true
	return settings
}

func extract(t *testing.T, closed []byte, password string) map[string]string {
	t.Helper()
	files, err := api.ExtractAttachmentsRaw(bytes.NewReader(closed), "", nil, unlock(password))
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for _, f := range files {
		var b bytes.Buffer
		if _, err := b.ReadFrom(f); err != nil {
			t.Fatal(err)
		}
		got[f.FileName] = b.String()
	}
	return got
}

func run(t *testing.T, name string, args ...string) string {
	t.Helper()
	out, err := exec.CommandContext(context.WithoutCancel(t.Context()), name, args...).CombinedOutput()
	if err != nil {
		t.Fatalf("%s: %v\n%s", name, err, out)
	}
	return string(out)
}

func sealed(t *testing.T, pdf []byte, inside []mail.Attachment, password string) []byte {
	t.Helper()
	b, err := seal.PDF(pdf, inside, password)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

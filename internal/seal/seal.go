// Package seal closes a PDF with a password before it is mailed, other files of
// the same mail inside it.
//
// What comes in is a printed document of the night (a brief, a schedule) and
// the files that travel with it, a workbook for instance, whose own password
// would be weaker than this one. What goes out is one PDF 2.0, encrypted with
// AES-256 (revision 6 of the standard handler), that any current reader opens
// with the school's password and shows the attachments of. Printing and reading
// aloud stay allowed; the owner's password, which would lift the rest, is drawn
// by lot and known to nobody.
//
// The output is never the same bytes twice: its keys are random, as they must
// be. What is kept on the shelf and compared night by night is therefore the
// document before it is sealed. The package holds everything in memory: it
// writes no file and needs no home folder.
package seal

import (
	"bytes"
	"crypto/rand"
	"errors"
	"fmt"
	"sync"
	"unicode"
	"unicode/utf8"

	"github.com/pdfcpu/pdfcpu/pkg/api"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/model"
	"golang.org/x/text/unicode/norm"

	"rollcall/internal/mail"
)

// longestPassword is what ISO 32000-2, 7.6.4.3.3 lets a reader look at, in
// bytes of UTF-8. A longer one would be cut, by some readers only.
const longestPassword = 127

// allowed are the permissions of whoever opens the file with the password: to
// print it, and to have it read aloud.
const allowed = model.PermissionsPrint | model.PermissionExtractRev3

// withoutConfigFolder keeps pdfcpu from looking for, and writing, its folder in
// HOME: under a service account there may be none.
var withoutConfigFolder = sync.OnceFunc(api.DisableConfigDir)

// PDF encrypts a PDF so that password opens it, with the files of inside
// embedded as attachments under their names: sanitised, and numbered where two
// would be the same. An empty password, one with control characters or of more
// than 127 bytes, and a document that is no PDF or is locked already are errors.
// It may be called from several goroutines.
func PDF(pdf []byte, inside []mail.Attachment, password string) ([]byte, error) {
	password, err := prepared(password)
	if err != nil {
		return nil, fmt.Errorf("seal: %w", err)
	}
	withoutConfigFolder()
	// rand.Text has 130 bits; AES-256 stands on the random file key either way.
	settings := model.NewAESConfiguration(password, rand.Text(), 256)
	settings.Permissions = allowed
	settings.Cmd = model.ENCRYPT
	settings.Offline = true

	// A document that is locked already is refused here.
	doc, err := api.ReadValidateAndOptimize(bytes.NewReader(pdf), settings)
	if err != nil {
		return nil, fmt.Errorf("seal: read document: %w", err)
	}
	// Below 2.0 pdfcpu would write revision 5, which was withdrawn: its password
	// check is a single hash.
	version := model.V20
	doc.RootVersion = &version

	names := fileNames{}
	for _, file := range inside {
		a := model.Attachment{Reader: bytes.NewReader(file.Bytes), ID: names.next(file.Name)}
		if err := doc.AddAttachment(a, false); err != nil {
			return nil, fmt.Errorf("seal: embed %q: %w", a.ID, err)
		}
	}
	var sealed bytes.Buffer
	if err := api.WriteContext(doc, &sealed); err != nil {
		return nil, fmt.Errorf("seal: write document: %w", err)
	}
	return sealed.Bytes(), nil
}

// prepared brings a password into the form readers compare: NFKC, so that an é
// typed as one character or as two opens the same file.
func prepared(password string) (string, error) {
	switch {
	case password == "":
		return "", errors.New("the password is empty")
	case !utf8.ValidString(password):
		return "", errors.New("the password is not UTF-8")
	}
	password = norm.NFKC.String(password)
	for _, r := range password {
		if unicode.IsControl(r) {
			return "", errors.New("the password holds a control character")
		}
	}
	if len(password) > longestPassword {
		return "", fmt.Errorf("the password is longer than %d bytes", longestPassword)
	}
	return password, nil
}

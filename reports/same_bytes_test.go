package reports

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// The same inputs give the same bytes, whoever runs the program, where, and
// whichever document comes first. The test runs itself again as a machine in
// another place, whose maps are in another order.
func TestEveryDocumentHasTheSameBytesOnAnotherMachine(t *testing.T) {
	const result = "ROLLCALL_TEST_DIGESTS"
	digests := map[string]string{}
	for name, pdf := range everyPDF(t) {
		digests[name] = fmt.Sprintf("%x", sha256.Sum256(pdf.Bytes))
	}
	if file := os.Getenv(result); file != "" {
		b, err := json.Marshal(digests)
		if err == nil {
			err = os.WriteFile(file, b, 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
		return
	}
	file := filepath.Join(t.TempDir(), "digests.json")
	elsewhere := exec.Command(os.Args[0], "-test.run=^"+t.Name()+"$")
	elsewhere.Env = append(os.Environ(), result+"="+file, "TZ=Asia/Tokyo", "LC_ALL=tr_TR.UTF-8", "GOMAXPROCS=1", "HOME=/nowhere")
	if out, err := elsewhere.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	there := map[string]string{}
	if err := json.Unmarshal(b, &there); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(digests, there); diff != "" || len(there) < 20 {
		t.Errorf("%d documents; here and there differ:\n%s", len(there), diff)
	}
}

package archtest

import (
	"fmt"
	"path"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// layer is a package, or a folder of like packages, and our own packages it may
// import; "*" stands for all of them.
type layer struct {
	pkg string
	may []string
}

// home is something and the packages it belongs with.
type home struct {
	name string
	in   []string
}

func TestPackagesImportOnlyTheirLayers(t *testing.T) {
	check(t, layerFaults)
}

func TestLibrariesStayAtHome(t *testing.T) {
	check(t, libraryFaults)
}

func TestPurePackagesTouchNoFileNetworkClockOrChance(t *testing.T) {
	check(t, purityFaults)
}

func TestOnlyCommandsReadTheClock(t *testing.T) {
	check(t, clockFaults)
}

func TestNoTestIsSkipped(t *testing.T) {
	check(t, skipFaults)
}

func check(t *testing.T, faults func(source) []string) {
	t.Helper()
	for _, s := range goFiles(t) {
		for _, fault := range faults(s) {
			t.Errorf("%s: %s", s.file, fault)
		}
	}
}

// layerFaults are imports of our own packages that the policy does not allow.
func layerFaults(s source) (faults []string) {
	l, known := layerOf(s.pkg)
	if !known && !s.test {
		return []string{fmt.Sprintf("%s has no row in the policy: say what it may import", s.pkg)}
	}
	for _, imported := range s.imports {
		own, ok := strings.CutPrefix(imported, module)
		switch {
		case !ok || s.test:
		case supportsTests(own):
			faults = append(faults, fmt.Sprintf("imports %s, which is for tests", own))
		case !slices.Contains(l.may, "*") && !slices.Contains(l.may, own):
			faults = append(faults, fmt.Sprintf("imports %s; %s may import %s", own, l.pkg, orNothing(l.may)))
		}
	}
	return faults
}

func layerOf(pkg string) (layer, bool) {
	for _, l := range layers {
		if ok, err := path.Match(l.pkg, pkg); err == nil && ok {
			return l, true
		}
	}
	return layer{}, false
}

// libraryFaults are libraries named outside their homes. Tests may use any.
func libraryFaults(s source) (faults []string) {
	if s.test {
		return nil
	}
	for _, imported := range s.imports {
		for _, h := range homes {
			if within(imported, h.name) && !slices.Contains(h.in, s.pkg) {
				faults = append(faults, fmt.Sprintf("names %s, whose home is %s", h.name, orNothing(h.in)))
			}
		}
		for _, p := range standardOnly {
			foreign := strings.Contains(imported, ".") && !slices.ContainsFunc(p.in, func(lib string) bool { return within(imported, lib) })
			if p.name == s.pkg && foreign {
				faults = append(faults, fmt.Sprintf("names %s; %s stands on the standard library and %s", imported, p.name, orNothing(p.in)))
			}
		}
	}
	return faults
}

// within tells whether an import path is a module or one of its packages, of
// whichever major version.
func within(imported, lib string) bool {
	rest, ok := strings.CutPrefix(imported, lib)
	return ok && (rest == "" || rest[0] == '/')
}

// purityFaults are doors to the world in packages that have none.
func purityFaults(s source) (faults []string) {
	if s.test || !slices.Contains(pure, s.pkg) {
		return nil
	}
	for _, imported := range s.imports {
		if slices.Contains(impureImports, imported) {
			faults = append(faults, fmt.Sprintf("imports %s; %s touches no file, network, clock or chance", imported, s.pkg))
		}
	}
	for _, c := range s.calls {
		if c.imported && c.on == "time" && slices.Contains(impureTime, c.name) {
			faults = append(faults, fmt.Sprintf("calls time.%s; %s has no clock", c.name, s.pkg))
		}
	}
	return faults
}

// clockFaults are readings of the clock by anyone but the commands.
func clockFaults(s source) (faults []string) {
	if s.test || strings.HasPrefix(s.pkg, clockOwner) {
		return nil
	}
	for _, c := range s.calls {
		if c.imported && c.on == "time" && c.name == "Now" {
			faults = append(faults, "reads time.Now; only "+clockOwner+" does, and hands it down")
		}
	}
	return faults
}

// skipFaults are tests that may leave themselves out.
func skipFaults(s source) (faults []string) {
	for _, c := range s.calls {
		if s.test && !c.imported && slices.Contains([]string{"Skip", "Skipf", "SkipNow"}, c.name) {
			faults = append(faults, fmt.Sprintf("calls %s.%s: a test that is not run proves nothing", c.on, c.name))
		}
	}
	return faults
}

func orNothing(names []string) string {
	if len(names) == 0 {
		return "nothing else"
	}
	return strings.Join(names, ", ")
}

// The rules above are worth what they find.
func TestRulesFindWhatTheyForbid(t *testing.T) {
	for name, c := range map[string]struct {
		file, text string
		faults     func(source) []string
		want       int
	}{
		"an adapter that knows the pipeline":    {"internal/shelf/a.go", `import "rollcall/pipeline"`, layerFaults, 1},
		"an adapter that knows another":         {"internal/ledger/a.go", `import "rollcall/internal/shelf"`, layerFaults, 1},
		"a source that knows another":           {"internal/source/edfi/a.go", `import "rollcall/internal/source/csvdir"`, layerFaults, 1},
		"a pipeline that sends by itself":       {"pipeline/a.go", `import "rollcall/internal/mail/smtp"`, layerFaults, 1},
		"a rule that looks up":                  {"internal/attendance/a.go", `import "rollcall/internal/intervention"`, layerFaults, 1},
		"test support in the program":           {"cmd/rollcall/a.go", `import "rollcall/internal/district/districttest"`, layerFaults, 1},
		"a package nobody thought about":        {"internal/helper/a.go", ``, layerFaults, 1},
		"a ledger on the database":              {"internal/ledger/a.go", `import "rollcall/internal/database"`, layerFaults, 0},
		"a test across layers":                  {"pipeline/a_test.go", `import "rollcall/internal/ledger"`, layerFaults, 0},
		"a workbook in the pipeline":            {"pipeline/a.go", `import "github.com/xuri/excelize/v2"`, libraryFaults, 1},
		"a library in the facts":                {"internal/district/a.go", `import "golang.org/x/text/language"`, libraryFaults, 1},
		"recurrences in the policy":             {"internal/intervention/a.go", `import "github.com/teambition/rrule-go"`, libraryFaults, 0},
		"a driver of River outside the queue":   {"internal/ledger/a.go", `import "github.com/riverqueue/river/riverdriver/riversqlite"`, libraryFaults, 1},
		"a name that only begins alike":         {"internal/ledger/a.go", `import "github.com/riverqueue/riverbed"`, libraryFaults, 0},
		"a report that reads a file":            {"reports/a.go", `import "os"`, purityFaults, 1},
		"a report that waits, under a new name": {"reports/a.go", "import clock \"time\"\nvar x = clock.Sleep", purityFaults, 1},
		"a template that is given a file":       {"templates/a.go", `import "io/fs"`, purityFaults, 0},
		"a ledger with a watch of its own":      {"internal/ledger/a.go", "import \"time\"\nvar now = time.Now", clockFaults, 1},
		"a command that reads the clock":        {"cmd/rollcall/a.go", "import \"time\"\nvar now = time.Now", clockFaults, 0},
		"a test that leaves itself out":         {"reports/a_test.go", "import \"testing\"\nfunc TestA(t *testing.T) { t.Ski" + "p() }", skipFaults, 1},
	} {
		t.Run(name, func(t *testing.T) {
			s, err := parse(c.file, []byte("package a\n"+c.text+"\n"))
			if err != nil {
				t.Fatal(err)
			}
			if got := c.faults(s); len(got) != c.want {
				t.Errorf("faults (-want +got):\n%s", cmp.Diff(c.want, got))
			}
		})
	}
}

package district

import (
	"io/fs"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestOrdinarySchoolKeepsItsPlainFolder(t *testing.T) {
	for _, c := range []struct{ id, name, want string }{
		{"101", "Oak Elementary", "101-oak-elementary"},
		{"A-1", "St. Mary's  K-8", "A-1-st-mary-s-k-8"},
		{"0042", "", "0042"},
		{"oak", "小学", "oak"},
		{"district", "Oak", "district-oak"},
	} {
		schools := []School{{ID: "7", Name: "Elm"}, {ID: c.id, Name: c.name}}
		NameFolders(schools)
		if got := schools[1].Slug(); got != c.want || schools[1].Folder != "" {
			t.Errorf("%s %s: %q, want %q", c.id, c.name, got, c.want)
		}
	}
}

func TestFolderThatCannotStandIsMarked(t *testing.T) {
	for _, c := range []struct{ name, id, school, want string }{
		{"the district's own folder", "district", "", "district-7c4483ce"},
		{"the same in capitals", "DISTRICT", "小学", "DISTRICT-ec5c473d"},
		{"mail", "mail", "", "mail-00d8d3f1"},
		{"an ID of another script", "学校", "Oak", "school-oak-dc6e2aaf"},
		{"nothing but signs", "…", "—", "school-b4935894"},
		{"a very long name", "1", strings.Repeat("Oak ", 100), "1-" + strings.TrimSuffix(strings.Repeat("oak-", 25)[:98], "-") + "-6b86b273"},
	} {
		if got := (School{ID: c.id, Name: c.school}).Slug(); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

func TestFileNameIsTheIDWhereThatIsSafe(t *testing.T) {
	for id, want := range map[string]string{
		"204152": "204152", "S1001": "S1001", "0042": "0042",
		"s1001": "s1001-", "A-1": "A-1-", "A 1": "A-1-", "../../etc/passwd": "etc-passwd-", "学生": "student-", "": "student-", ".hidden": "hidden-",
		"CON.pdf": "CON-pdf-", "1\x002": "1-2-", strings.Repeat("9", 500): strings.Repeat("9", 100) + "-",
	} {
		got := FileName(id)
		if strings.HasSuffix(want, "-") {
			got = got[:max(0, len(got)-16)]
		}
		if got != want {
			t.Errorf("%q: %q, want %q", id, FileName(id), want)
		}
	}
}

func TestNoTwoStudentsShareAFileNameLetterCaseAside(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		id := rapid.OneOf(rapid.StringMatching(`[aA]?[-. ]?[12]{1,3}`), rapid.String())
		a, b := id.Draw(t, "a"), id.Draw(t, "b")
		x, y := FileName(a), FileName(b)
		if (a == b) != strings.EqualFold(x, y) {
			t.Fatalf("%q is %q and %q is %q", a, x, b, y)
		}
		if !fs.ValidPath(x) || strings.ContainsAny(x, `/\:. `) || len(x) > 120 {
			t.Fatalf("%q is %q", a, x)
		}
	})
}

func TestSchoolsOfOneSlugAreToldApartInAnyOrder(t *testing.T) {
	schools := []School{{ID: "A-1", Name: "Oak"}, {ID: "A 1", Name: "Oak"}, {ID: "a-1", Name: "OAK"}, {ID: "A", Name: "1 Oak"}, {ID: "B", Name: "Oak"}}
	turned := slices.Clone(schools)
	slices.Reverse(turned)
	NameFolders(schools)
	NameFolders(turned)
	slices.Reverse(turned)
	if d := cmp.Diff(schools, turned); d != "" {
		t.Error(d)
	}
	var folders []string
	for _, s := range schools {
		folders = append(folders, s.Slug())
	}
	want := []string{"A-1-oak-bc4e7be9", "A-1-oak-937bb40e", "a-1-oak-2f8fe63a", "A-1-oak-559aead0", "B-oak"}
	if d := cmp.Diff(want, folders); d != "" {
		t.Error(d)
	}
}

// Whatever the schools are called, no two share a folder, none is the night's
// own, and each can stand on any disk.
func TestNoTwoSchoolsShareAFolder(t *testing.T) {
	word := rapid.OneOf(
		rapid.StringOfN(rapid.SampledFrom([]rune("aA1- .é/\\学")), 1, 4, -1),
		rapid.SampledFrom([]string{"district", "District", "mail", "MAIL", "..", "/", "a-ca978112", strings.Repeat("a", 300)}),
	)
	rapid.Check(t, func(t *rapid.T) {
		ids := rapid.SliceOfNDistinct(word, 1, 12, rapid.ID).Draw(t, "ids")
		schools := make([]School, len(ids))
		for i, id := range ids {
			schools[i] = School{ID: id, Name: rapid.OneOf(rapid.Just(""), word).Draw(t, "name")}
		}
		NameFolders(schools)
		seen := map[string]string{"district": "the night's", "mail": "the night's"}
		for _, s := range schools {
			folder := s.Slug()
			if other, taken := seen[strings.ToLower(folder)]; taken {
				t.Fatalf("%q of %q is also %q's", folder, s.ID, other)
			}
			seen[strings.ToLower(folder)] = s.ID
			if !fs.ValidPath(folder) || strings.ContainsAny(folder, "/.") || len(folder) > 200 || folder[0] == '-' {
				t.Fatalf("%q of %q is no folder", folder, s.ID)
			}
		}
	})
}

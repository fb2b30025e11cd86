package csvdir_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"rollcall/internal/bundle"
	"rollcall/internal/district"
)

func TestKinAreBrothersAndSistersAtOtherSchools(t *testing.T) {
	files := smallBundle()
	// Ana and Ben share a household at school 10; Cy, at school 20, lives with them.
	files["contacts.csv"] = strings.Replace(files["contacts.csv"], "3,c,Di Roe,,,,,,2", "3,c,Di Roe,1 Oak St,Springfield,CA,92583,H1,2", 1)
	b := mustOpen(t, files)
	ids := func(students []district.Student) (ids []string) {
		for _, s := range students {
			ids = append(ids, s.ID)
		}
		return ids
	}
	for school, want := range map[string][]string{"10": {"3"}, "20": {"1", "2"}} {
		if diff := cmp.Diff(want, ids(kin(t, b, school))); diff != "" {
			t.Errorf("school %s: %s", school, diff)
		}
	}
	if strangers := kin(t, mustOpen(t, smallBundle()), "20"); len(strangers) > 0 {
		t.Errorf("strangers are kin: %v", ids(strangers))
	}
}

func kin(t *testing.T, b *bundle.Bundle, school string) []district.Student {
	t.Helper()
	s, err := b.School(t.Context(), school)
	if err != nil {
		t.Fatal(err)
	}
	return s.Kin
}

func TestSchoolsAreTiedByStudentsAndHouseholds(t *testing.T) {
	files := smallBundle()
	tied := func(also map[string][]string) [][]string { return mustOpen(t, files).Tied(also) }
	if got := tied(nil); len(got) > 0 {
		t.Errorf("strangers are tied: %v", got)
	}
	// Student 3 is at school 20; whoever is on record at 10 has left the export.
	if diff := cmp.Diff([][]string{{"10", "20"}, {"10", "30"}}, tied(map[string][]string{"3": {"10"}, "gone": {"30", "10"}, "1": {"10"}})); diff != "" {
		t.Error(diff)
	}
	// Ana and Ben share a household at school 10; Cy, at school 20, lives with them, and
	// has a case at a school that none of them is at any more.
	files["contacts.csv"] = strings.Replace(files["contacts.csv"], "3,c,Di Roe,,,,,,2", "3,c,Di Roe,1 Oak St,Springfield,CA,92583,H1,2", 1)
	if diff := cmp.Diff([][]string{{"10", "20", "30"}}, tied(map[string][]string{"3": {"30"}})); diff != "" {
		t.Error(diff)
	}
}

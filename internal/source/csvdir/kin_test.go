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
	students, err := b.Kin(t.Context(), school)
	if err != nil {
		t.Fatal(err)
	}
	return students
}

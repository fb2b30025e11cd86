package csvdir_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

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
		if diff := cmp.Diff(want, ids(b.Kin(school))); diff != "" {
			t.Errorf("school %s: %s", school, diff)
		}
	}
	if kin := mustOpen(t, smallBundle()).Kin("20"); len(kin) > 0 {
		t.Errorf("strangers are kin: %v", ids(kin))
	}
}

package intervention

import "testing"

func TestACaseIDTellsItsSchoolYear(t *testing.T) {
	if year, ok := CaseYear(CaseID(2025, SART, 1, "4021877")); !ok || year != 2025 {
		t.Errorf("%v, %v", year, ok)
	}
	for _, id := range []string{"", "4021877", "2025-26", "2025-27/SART-1/1", "x/y", "2025/SART-1/1"} {
		if year, ok := CaseYear(id); ok {
			t.Errorf("%q is of %s", id, year)
		}
	}
}

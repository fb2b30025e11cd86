package folder

import (
	"os"
	"path/filepath"
	"testing"
	"time"
)

func TestWhatAKilledWriterLeftIsSweptAndNothingElse(t *testing.T) {
	s, path := open(t)
	old := time.Date(2025, 10, 16, 11, 0, 0, 0, time.UTC)
	for name, at := range map[string]time.Time{
		".2025-10-15-101-admin.eml788237471780926758": old,
		".2025-10-15-102-admin.eml788237471780926759": old.Add(2 * time.Hour), // being written
		"2025-10-15-101-admin.eml":                    old,
		".notes.eml":                                  old,
		".notes.txt123456789":                         old,
	} {
		file := filepath.Join(path, name)
		if err := os.WriteFile(file, nil, 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(file, at, at); err != nil {
			t.Fatal(err)
		}
	}
	if n, err := s.Sweep(old.Add(time.Hour)); err != nil || n != 1 {
		t.Errorf("swept %d, %v", n, err)
	}
	left, err := os.ReadDir(path)
	if err != nil || len(left) != 4 {
		t.Errorf("left %v, %v", left, err)
	}
}

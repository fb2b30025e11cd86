package main

import (
	"fmt"
	"os"
	"path/filepath"

	"rollcall/internal/config"
	"rollcall/internal/demo"
	"rollcall/internal/district"
)

type demoCommand struct {
	Dir      string `arg:"" optional:"" default:"demo" help:"Folder to write." type:"path"`
	Students int    `default:"7400" help:"How many students."`
	Schools  int    `default:"10" help:"How many schools."`
	Seed     uint64 `default:"1" help:"Another seed, other people."`
}

// Help shows an example.
func (demoCommand) Help() string {
	return "Everyone in it is invented. The school year is 2025-26; any night from 2025-08-11 to 2026-05-29 can be run.\n\nExample:\n  rollcall demo\n  rollcall nightly --config demo/rollcall.yaml --as-of 2025-10-15"
}

// Run writes the bundle and a ready configuration, and nothing else. A folder
// that already holds a district is left as it is.
func (c *demoCommand) Run(g *commands, s *surroundings) error {
	s = s.hushed(g)
	if c.Students < 1 || c.Schools < 1 || c.Students < c.Schools {
		return usage(fmt.Errorf("--students %d and --schools %d: there must be at least one student for each school", c.Students, c.Schools))
	}
	file := filepath.Join(c.Dir, "rollcall.yaml")
	if _, err := os.Stat(file); err == nil {
		fmt.Fprintf(s.stdout, "%s already holds a district; it is left as it is.\n", c.Dir)
		return nil
	}
	made, err := demo.Write(filepath.Join(c.Dir, "bundle"), demo.Options{Students: c.Students, Schools: c.Schools, Seed: c.Seed})
	if err != nil {
		return err
	}
	if err := writeNew(file, config.DemoDistrict.Text()); err != nil {
		return err
	}
	fmt.Fprintf(s.stdout, "Wrote a fictitious district to %s: %d schools, %d students, %d rows of attendance.\nTry: rollcall nightly --config %s --as-of 2025-10-15\n",
		c.Dir, made.Schools, made.Students, made.Rows[district.Attendance], file)
	return nil
}

package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"

	"rollcall/internal/config"
)

type initCommand struct {
	Path string `arg:"" optional:"" default:"rollcall.yaml" help:"File to write." type:"path"`
}

// Help shows an example.
func (initCommand) Help() string {
	return "The file is commented: change what is your district's, then try it with 'rollcall check'.\n\nExample:\n  rollcall init\n  rollcall init /etc/rollcall/rollcall.yaml"
}

// Run writes the file, never over one that is there.
func (c *initCommand) Run(s *surroundings) error {
	if err := writeNew(c.Path, config.NewDistrict.Text()); err != nil {
		return err
	}
	fmt.Fprintf(s.stdout, "Wrote %s. Change what is your district's, then run: rollcall check\n", c.Path)
	return nil
}

// writeNew writes a file that only its owner can read, and never replaces one.
func writeNew(path, text string) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return usage(fmt.Errorf("%s is already there and is left as it is; move it away first", path))
	}
	if err != nil {
		return fmt.Errorf("write configuration: %w", err)
	}
	_, err = f.WriteString(text)
	return errors.Join(err, f.Close())
}

// Package folder carries messages into a folder as .eml files that every mail
// program opens: the sender where a district has no mail server, or wants to
// look before anything leaves. A file appears whole or not at all, readable by
// its owner alone, and the same message twice is one file.
package folder

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"

	"github.com/google/renameio/v2"

	"rollcall/internal/mail"
)

// Sender writes messages into one folder.
type Sender struct {
	mu   sync.Mutex // two writers of one message would both find it missing
	root *os.Root
	path string
}

// Open makes the folder where it is missing, mode 0700.
func Open(path string) (*Sender, error) {
	absolute, err := filepath.Abs(path)
	if err != nil {
		return nil, fmt.Errorf("mail folder: %w", err)
	}
	if err := os.MkdirAll(absolute, 0o700); err != nil {
		return nil, fmt.Errorf("mail folder: %w", err)
	}
	root, err := os.OpenRoot(absolute)
	if err != nil {
		return nil, fmt.Errorf("mail folder: %w", err)
	}
	return &Sender{root: root, path: absolute}, nil
}

// Close lets go of the folder.
func (s *Sender) Close() error { return s.root.Close() }

// Send writes Name.eml. The receipt says Sent for every well-formed address,
// with the file's place as the words. A file that already holds these bytes is
// left as it is; one that holds others is replaced. Where nothing could be
// written the error says why, and the outcome is Temporary (the folder's fault)
// or Permanent (the message's).
func (s *Sender) Send(ctx context.Context, m mail.Message) (mail.Receipt, error) {
	to, malformed := m.Pending()
	receipt := func(outcome mail.Outcome, words string) mail.Receipt {
		return mail.Receipt{Deliveries: append(mail.All(to, outcome, 0, words), malformed...)}
	}
	if len(to) == 0 {
		return receipt(mail.Sent, ""), nil
	}
	if !mail.SafeName(m.Name) {
		err := fmt.Errorf("mail folder: %q cannot be a file's name", m.Name)
		return receipt(mail.Permanent, err.Error()), err
	}
	raw, err := m.Bytes()
	if err != nil {
		return receipt(mail.Permanent, err.Error()), err
	}
	file := m.Name + ".eml"
	if err := s.put(ctx, file, raw); err != nil {
		err = fmt.Errorf("mail folder: %s: %w", file, err)
		return receipt(mail.Temporary, err.Error()), err
	}
	return receipt(mail.Sent, filepath.Join(s.path, file)), nil
}

func (s *Sender) put(ctx context.Context, file string, raw []byte) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := ctx.Err(); err != nil {
		return err
	}
	there, err := s.holds(file, raw)
	if err != nil || there {
		return err
	}
	pending, err := renameio.NewPendingFile(file, renameio.WithRoot(s.root), renameio.WithStaticPermissions(0o600))
	if err != nil {
		return err
	}
	if _, err := pending.Write(raw); err != nil {
		return errors.Join(err, pending.Cleanup())
	}
	if err := pending.CloseAtomicallyReplace(); err != nil {
		return errors.Join(err, pending.Cleanup())
	}
	return nil
}

// holds tells whether the file is there with these bytes. A link is no such file: it
// is replaced, not followed.
func (s *Sender) holds(file string, raw []byte) (bool, error) {
	info, err := s.root.Lstat(file)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil || info.Mode() != 0o600 || info.Size() != int64(len(raw)) {
		return false, err
	}
	present, err := s.root.ReadFile(file)
	return bytes.Equal(present, raw), err
}

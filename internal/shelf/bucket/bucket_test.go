package bucket_test

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/johannesboyne/gofakes3"
	"github.com/johannesboyne/gofakes3/backend/s3mem"

	"rollcall/internal/shelf/bucket"
	"rollcall/internal/shelf/shelftest"
)

// server is an S3 with one bucket, in memory.
func server(t *testing.T) (backend *s3mem.Backend, endpoint string, puts *atomic.Int64) {
	t.Helper()
	backend, puts = s3mem.New(), new(atomic.Int64)
	if err := backend.CreateBucket("documents"); err != nil {
		t.Fatal(err)
	}
	fake := gofakes3.New(backend).Server()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPut {
			puts.Add(1)
		}
		fake.ServeHTTP(w, r)
	}))
	t.Cleanup(s.Close)
	return backend, strings.TrimPrefix(s.URL, "http://"), puts
}

func open(t *testing.T, endpoint, prefix string) *bucket.Bucket {
	t.Helper()
	b, err := bucket.Open(t.Context(), bucket.Options{Endpoint: endpoint, Region: "us-west-2", Name: "documents", Prefix: prefix, AccessKey: "key", SecretKey: "a-secret-of-the-tests"})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestABucketIsAShelf(t *testing.T) {
	for _, prefix := range []string{"", "district/nights/"} {
		t.Run("under "+prefix, func(t *testing.T) {
			shelftest.Run(t, func(t *testing.T) shelftest.Shelf {
				_, endpoint, _ := server(t)
				return open(t, endpoint, prefix)
			})
		})
	}
}

func put(t *testing.T, b *bucket.Bucket, document, contents string) {
	t.Helper()
	if _, _, err := b.Put(t.Context(), document, func(w io.Writer) error {
		_, err := w.Write([]byte(contents))
		return err
	}); err != nil {
		t.Fatal(err)
	}
}

func TestSameContentsAreNotPutAgain(t *testing.T) {
	_, endpoint, puts := server(t)
	b := open(t, endpoint, "")
	for _, contents := range []string{"a letter", "a letter", "a_letter"} {
		put(t, b, "2025-10-15/summary.json", contents)
	}
	if n := puts.Load(); n != 2 {
		t.Errorf("%d puts of two contents", n)
	}
}

// An object that is not what was put, whoever changed it, is not given out.
func TestAnObjectThatHasChangedIsRefused(t *testing.T) {
	backend, endpoint, _ := server(t)
	b := open(t, endpoint, "")
	put(t, b, "2025-10-15/summary.json", "a letter")
	if _, err := backend.PutObject("documents", "2025-10-15/summary.json", map[string]string{"X-Amz-Meta-Sha256": strings.Repeat("0", 64)}, bytes.NewReader([]byte("another")), 7, nil); err != nil {
		t.Fatal(err)
	}
	if got, err := b.Read(t.Context(), "2025-10-15/summary.json"); err == nil || !strings.Contains(err.Error(), "the bucket gives other contents than were put there") {
		t.Errorf("read %q, %v", got, err)
	}
	put(t, b, "2025-10-15/summary.json", "a letter")
	if got, err := b.Read(t.Context(), "2025-10-15/summary.json"); err != nil || string(got) != "a letter" {
		t.Errorf("read %q, %v", got, err)
	}
}

func TestABucketThatCannotBeUsedIsNamed(t *testing.T) {
	_, endpoint, _ := server(t)
	for _, c := range []struct {
		o    bucket.Options
		want string
	}{
		{bucket.Options{Endpoint: endpoint, Name: "another"}, `has no bucket "another"`},
		{bucket.Options{Endpoint: endpoint, Name: "documents", Prefix: "../x"}, "begins with a full stop"},
		{bucket.Options{Endpoint: "https://" + endpoint, Name: "documents"}, "shelf: "},
	} {
		if _, err := bucket.Open(t.Context(), c.o); err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "secret") {
			t.Errorf("%+v: %v", c.o, err)
		}
	}
}

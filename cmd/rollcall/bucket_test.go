package main

import (
	"fmt"
	"io"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"github.com/johannesboyne/gofakes3"
	"github.com/johannesboyne/gofakes3/backend/s3mem"
	"github.com/rogpeppe/go-internal/testscript"
)

// buckets are the servers of the scripts, by their work folders.
var buckets sync.Map

// startBucket: bucket CONFIG… starts an S3 server with a bucket, and points
// configurations at it.
func startBucket(ts *testscript.TestScript, neg bool, args []string) {
	backend := s3mem.New()
	ts.Check(backend.CreateBucket("documents"))
	server := httptest.NewServer(gofakes3.New(backend).Server())
	ts.Defer(server.Close)
	buckets.Store(ts.Getenv("WORK"), backend)
	endpoint := strings.TrimPrefix(server.URL, "http://")
	for _, config := range args {
		editFile(ts, false, []string{config, "  path: out", fmt.Sprintf("  bucket: {endpoint: \"%s\", region: us-west-2, name: documents, prefix: nights, access_key: k, secret_key: a-secret}", endpoint)})
	}
}

// fetchBucket: fetch DIR writes what is in the bucket into a folder.
func fetchBucket(ts *testscript.TestScript, neg bool, args []string) {
	backend, _ := buckets.Load(ts.Getenv("WORK"))
	s3 := backend.(*s3mem.Backend)
	list, err := s3.ListBucket("documents", nil, gofakes3.ListBucketPage{})
	ts.Check(err)
	for _, content := range list.Contents {
		object, err := s3.GetObject("documents", content.Key, nil)
		ts.Check(err)
		data, err := io.ReadAll(object.Contents)
		ts.Check(err)
		to := filepath.Join(ts.MkAbs(args[0]), filepath.FromSlash(strings.TrimPrefix(content.Key, "nights/")))
		ts.Check(os.MkdirAll(filepath.Dir(to), 0o700))
		ts.Check(os.WriteFile(to, data, 0o600))
	}
}

// Package bucket is the shelf for many machines: an S3-compatible bucket. It keeps the
// rules of package shelf. An object appears whole or not at all, since it is put with
// one request; its digest goes with it and is checked whenever it is read.
package bucket

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"mime"
	"net"
	"net/http"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"

	"rollcall/internal/shelf"
)

// Options say which bucket. It must be there, and nobody else should be let in.
type Options struct {
	Endpoint  string // host or host:port, without https://
	Region    string // empty: the server's own
	Name      string
	Prefix    string // before every document, empty for none
	AccessKey string
	SecretKey string
}

// digest is the name of an object's metadata with the SHA-256 of its contents.
const digest = "Sha256"

// answerTimeout is how long a server may think before it answers.
const answerTimeout = time.Minute

// Bucket is a shelf in one. It is safe for use by several goroutines and several
// machines at once.
type Bucket struct {
	client *minio.Client
	Options
}

// Open makes the shelf and asks whether the bucket is there. The connection is
// encrypted, but to this machine itself.
func Open(ctx context.Context, o Options) (*Bucket, error) {
	transport, err := minio.DefaultTransport(true)
	if err != nil {
		return nil, err
	}
	transport.ResponseHeaderTimeout = answerTimeout
	client, err := minio.New(o.Endpoint, &minio.Options{
		Creds: credentials.NewStaticV4(o.AccessKey, o.SecretKey, ""), Secure: !loopback(o.Endpoint), Region: o.Region, Transport: transport,
	})
	if err != nil {
		return nil, fmt.Errorf("shelf: %w", err)
	}
	o.Prefix = strings.Trim(o.Prefix, "/")
	if o.Prefix != "" {
		if err := shelf.CheckPath(o.Prefix); err != nil {
			return nil, err
		}
	}
	b := &Bucket{client, o}
	if there, err := client.BucketExists(ctx, o.Name); err != nil {
		return nil, b.fault("", err)
	} else if !there {
		return nil, fmt.Errorf("shelf: %s has no bucket %q; make it, and let nobody else in", o.Endpoint, o.Name)
	}
	return b, nil
}

// loopback reports an endpoint on this machine.
func loopback(endpoint string) bool {
	host, _, err := net.SplitHostPort(endpoint)
	if err != nil {
		host = endpoint
	}
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// Close lets go of the bucket.
func (b *Bucket) Close() error { return nil }

func (b *Bucket) key(document string) string { return path.Join(b.Prefix, document) }

// fault puts an answer in the words of a shelf: what is missing is fs.ErrNotExist.
func (b *Bucket) fault(document string, err error) error {
	if answer := minio.ToErrorResponse(err); answer.StatusCode == http.StatusNotFound || answer.Code == minio.NoSuchKey {
		err = fs.ErrNotExist
	}
	return fmt.Errorf("shelf: %s: %w", cmp.Or(document, "bucket "+b.Name), err)
}

// Put writes one document, whole or not at all, and gives its length and SHA-256 in
// hexadecimal. Where it is there already with the same contents it is left as it is.
func (b *Bucket) Put(ctx context.Context, document string, write func(io.Writer) error) (length int64, sum string, err error) {
	if err := errors.Join(shelf.CheckPath(document), ctx.Err()); err != nil {
		return 0, "", err
	}
	var contents bytes.Buffer
	if err := write(&contents); err != nil {
		return 0, "", fmt.Errorf("shelf: %s: %w", document, err)
	}
	if err := ctx.Err(); err != nil {
		return 0, "", err
	}
	length, sum = int64(contents.Len()), sumOf(contents.Bytes())
	present, err := b.client.StatObject(ctx, b.Name, b.key(document), minio.StatObjectOptions{})
	if err == nil && present.Size == length && present.UserMetadata[digest] == sum {
		return length, sum, nil
	}
	// Its MD5 goes along for the server to check. A signature of the contents would turn
	// them into a stream, which servers refuse where it is empty.
	_, err = b.client.PutObject(ctx, b.Name, b.key(document), &contents, length, minio.PutObjectOptions{
		UserMetadata: map[string]string{digest: sum}, ContentType: cmp.Or(mime.TypeByExtension(path.Ext(document)), "application/octet-stream"),
		DisableMultipart: true, SendContentMd5: true, DisableContentSha256: true,
	})
	if err != nil {
		return 0, "", b.fault(document, err)
	}
	return length, sum, nil
}

func sumOf(contents []byte) string {
	sum := sha256.Sum256(contents)
	return hex.EncodeToString(sum[:])
}

// Read gives a document's contents, as they were put. A missing one is fs.ErrNotExist.
func (b *Bucket) Read(ctx context.Context, document string) ([]byte, error) {
	contents, promised, err := b.read(ctx, document)
	if err != nil {
		return nil, err
	}
	if sumOf(contents) != promised {
		return nil, fmt.Errorf("shelf: %s: the bucket gives other contents than were put there; take the object away, and the next night makes it again", document)
	}
	return contents, nil
}

// read gives what the bucket holds, and the digest of what it should.
func (b *Bucket) read(ctx context.Context, document string) (contents []byte, promised string, err error) {
	if err := errors.Join(shelf.CheckPath(document), ctx.Err()); err != nil {
		return nil, "", err
	}
	object, err := b.client.GetObject(ctx, b.Name, b.key(document), minio.GetObjectOptions{})
	if err != nil {
		return nil, "", b.fault(document, err)
	}
	defer object.Close()
	if contents, err = io.ReadAll(object); err != nil {
		return nil, "", b.fault(document, err)
	}
	about, err := object.Stat()
	if err != nil {
		return nil, "", b.fault(document, err)
	}
	return contents, about.UserMetadata[digest], nil
}

// Digest gives a document's length and SHA-256 as Put did, from what is in the bucket
// now. A missing one is fs.ErrNotExist.
func (b *Bucket) Digest(ctx context.Context, document string) (length int64, sum string, err error) {
	contents, _, err := b.read(ctx, document)
	if err != nil {
		return 0, "", err
	}
	return int64(len(contents)), sumOf(contents), nil
}

// Remove takes a document away that is no longer made. One that is not there is no
// error.
func (b *Bucket) Remove(ctx context.Context, document string) error {
	if err := errors.Join(shelf.CheckPath(document), ctx.Err()); err != nil {
		return err
	}
	if err := b.client.RemoveObject(ctx, b.Name, b.key(document), minio.RemoveObjectOptions{}); err != nil {
		if err = b.fault(document, err); !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}

// List gives the paths of all documents in a folder and the folders below it, in byte
// order; "" = the whole shelf. Objects that no Put could have made are left out.
func (b *Bucket) List(ctx context.Context, folder string) ([]string, error) {
	if folder != "" {
		if err := shelf.CheckPath(folder); err != nil {
			return nil, err
		}
	}
	under := b.key(folder)
	if under != "" {
		under += "/"
	}
	var documents []string
	for object := range b.client.ListObjects(ctx, b.Name, minio.ListObjectsOptions{Prefix: under, Recursive: true}) {
		if object.Err != nil {
			return nil, b.fault(folder, object.Err)
		}
		document := strings.TrimPrefix(strings.TrimPrefix(object.Key, b.Prefix), "/")
		if shelf.CheckPath(document) == nil {
			documents = append(documents, document)
		}
	}
	slices.Sort(documents)
	return documents, ctx.Err()
}

// Folders are the first elements of the documents' paths, in byte order.
func (b *Bucket) Folders(ctx context.Context) ([]string, error) {
	under := b.key("")
	if under != "" {
		under += "/"
	}
	var folders []string
	for object := range b.client.ListObjects(ctx, b.Name, minio.ListObjectsOptions{Prefix: under}) {
		if object.Err != nil {
			return nil, b.fault("", object.Err)
		}
		// Without Recursive what is deeper comes as one entry that ends in a slash.
		if folder, deeper := strings.CutSuffix(strings.TrimPrefix(object.Key, under), "/"); deeper && shelf.CheckPath(folder) == nil {
			folders = append(folders, folder)
		}
	}
	slices.Sort(folders)
	return folders, ctx.Err()
}

// Location is what a person is told, "" for a path that cannot be one.
func (b *Bucket) Location(document string) string {
	if shelf.CheckPath(document) != nil {
		return ""
	}
	return "s3://" + path.Join(b.Name, b.key(document))
}

// Sweep has nothing to do: what a killed writer had not put whole is not there.
func (b *Bucket) Sweep(context.Context, time.Time) (int, error) { return 0, nil }

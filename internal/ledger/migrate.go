package ledger

import (
	"context"
	"database/sql"
	"embed"
	"fmt"
	"io/fs"
	"log/slog"
	"time"

	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"

	"rollcall/internal/database"
)

//go:embed migrations
var migrations embed.FS

// migrate brings the schema up to date.
func migrate(ctx context.Context, db *sql.DB, driver string, log *slog.Logger) error {
	provider, err := newProvider(db, driver)
	if err != nil {
		return err
	}
	// SQLite has no lock that outlasts a transaction, so two processes that find
	// an empty file both begin; the slower one is refused, even the write-ahead log
	// that it asks for first, and looks again.
	for attempt := 1; ; attempt++ {
		applied, err := up(ctx, db, provider)
		if err == nil {
			if len(applied) > 0 {
				log.InfoContext(ctx, "ledger schema brought up to date", "migrations", len(applied))
			}
			return nil
		}
		if driver != database.SQLite || attempt == 5 || ctx.Err() != nil {
			return err
		}
		select {
		case <-time.After(time.Duration(attempt) * 100 * time.Millisecond):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

func up(ctx context.Context, db *sql.DB, p *goose.Provider) ([]*goose.MigrationResult, error) {
	// goose takes a missing server for a missing table.
	if err := db.PingContext(ctx); err != nil {
		return nil, err
	}
	has, knows, err := p.GetVersions(ctx)
	if err != nil {
		return nil, fmt.Errorf("schema version: %w", err)
	}
	if has > knows {
		return nil, fmt.Errorf("it was written by a newer version of rollcall (schema %d, this one knows %d): run that version or a newer one", has, knows)
	}
	if has == knows {
		return nil, nil
	}
	return p.Up(ctx)
}

func newProvider(db *sql.DB, driver string) (*goose.Provider, error) {
	folder, err := fs.Sub(migrations, "migrations/"+driver)
	if err != nil {
		return nil, err
	}
	options := []goose.ProviderOption{goose.WithDisableGlobalRegistry(true)}
	dialect := goose.DialectSQLite3
	if driver == database.Postgres {
		dialect = goose.DialectPostgres
		// Its own default looks again only after five seconds.
		locker, err := lock.NewPostgresSessionLocker(lock.WithLockTimeout(1, 60))
		if err != nil {
			return nil, err
		}
		options = append(options, goose.WithSessionLocker(locker))
	}
	return goose.NewProvider(dialect, db, folder, options...)
}

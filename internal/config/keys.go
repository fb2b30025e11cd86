package config

import (
	"reflect"
	"slices"
	"strings"
)

// keysOf lists the YAML keys of one of the file's structs by its type name, so
// that a fault can name the valid choice.
func keysOf(typeName string) []string {
	var found []string
	seen := map[reflect.Type]bool{}
	var visit func(t reflect.Type)
	visit = func(t reflect.Type) {
		for t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice || t.Kind() == reflect.Map {
			t = t.Elem()
		}
		if t.Kind() != reflect.Struct || seen[t] {
			return
		}
		seen[t] = true
		var keys []string
		for i := range t.NumField() {
			f := t.Field(i)
			if name, _, _ := strings.Cut(f.Tag.Get("yaml"), ","); name != "" && name != "-" {
				keys = append(keys, name)
				visit(f.Type)
			}
		}
		if t.String() == typeName {
			found = keys
		}
	}
	visit(reflect.TypeFor[Config]())
	visit(reflect.TypeFor[inEachLanguage]())
	slices.Sort(found)
	return found
}

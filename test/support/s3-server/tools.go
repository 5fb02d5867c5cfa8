// Names the S3 server of the tests, so that its version and sums are pinned here.
//go:build tools

package tools

import _ "github.com/versity/versitygw/cmd/versitygw"

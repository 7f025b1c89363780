// k6 as it is, without any extension: a module of our own, so that every version is pinned by our go.sum.
package main

import "go.k6.io/k6/v2/cmd"

func main() { cmd.Execute() }

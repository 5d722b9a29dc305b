using System.Globalization;
using System.Text;

namespace NixSharp.Core.Tests.Flakes;

/// <summary>Lock files in the form of each version, as Nix writes them.</summary>
internal static class LockTexts
{
    public const long October = 1790812800;
    public const long November = 1793577600;

    public const string Five =
        """
        {
          "nodes": {
            "nixpkgs": {
              "info": {
                "lastModified": 1790812800,
                "narHash": "sha256-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="
              },
              "locked": {
                "owner": "NixOS",
                "repo": "nixpkgs",
                "rev": "89abcdef0123456789abcdef0123456789abcdef",
                "type": "github"
              },
              "original": {
                "id": "nixpkgs",
                "type": "indirect"
              }
            },
            "root": {
              "inputs": {
                "nixpkgs": "nixpkgs"
              }
            }
          },
          "root": "root",
          "version": 5
        }

        """;

    public const string Six =
        """
        {
          "nodes": {
            "nixpkgs": {
              "locked": {
                "lastModified": 1790812800,
                "narHash": "sha256-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
                "owner": "NixOS",
                "repo": "nixpkgs",
                "rev": "89abcdef0123456789abcdef0123456789abcdef",
                "type": "github"
              },
              "original": {
                "owner": "NixOS",
                "ref": "nixos-25.11",
                "repo": "nixpkgs",
                "type": "github"
              }
            },
            "nixpkgs_2": {
              "locked": {
                "lastModified": 1790812800,
                "narHash": "sha256-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
                "owner": "nixos",
                "repo": "nixpkgs",
                "rev": "89abcdef0123456789abcdef0123456789abcdef",
                "type": "github"
              },
              "original": {
                "id": "nixpkgs",
                "type": "indirect"
              }
            },
            "old": {
              "locked": {
                "owner": "someone",
                "repo": "old",
                "rev": "89abcdef0123456789abcdef0123456789abcdef",
                "type": "gitlab"
              },
              "original": {
                "id": "old",
                "type": "indirect"
              }
            },
            "root": {
              "inputs": {
                "nixpkgs": "nixpkgs",
                "old": "old",
                "utils": "utils"
              }
            },
            "utils": {
              "inputs": {
                "nixpkgs": "nixpkgs_2"
              },
              "locked": {
                "lastModified": 1790812800,
                "narHash": "sha256-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
                "type": "tarball",
                "url": "https://example.org/utils.tar.gz"
              },
              "original": {
                "type": "tarball",
                "url": "https://example.org/utils.tar.gz"
              }
            }
          },
          "root": "root",
          "version": 6
        }

        """;

    public const string Seven =
        """
        {
          "nodes": {
            "data": {
              "flake": false,
              "locked": {
                "lastModified": 1790812800,
                "narHash": "sha256-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
                "type": "file",
                "url": "https://example.org/data.json"
              },
              "original": {
                "type": "file",
                "url": "https://example.org/data.json"
              }
            },
            "nixpkgs": {
              "locked": {
                "lastModified": 1793577600,
                "owner": "NixOS",
                "repo": "nixpkgs",
                "rev": "0123456789abcdef0123456789abcdef01234567",
                "type": "github"
              },
              "original": {
                "owner": "NixOS",
                "ref": "nixos-26.05",
                "repo": "nixpkgs",
                "type": "github"
              }
            },
            "root": {
              "inputs": {
                "data": "data",
                "nixpkgs": "nixpkgs",
                "pkgs": [
                  "utils",
                  "nixpkgs"
                ],
                "utils": "utils"
              }
            },
            "utils": {
              "inputs": {
                "nixpkgs": [
                  "nixpkgs"
                ],
                "self": []
              },
              "locked": {
                "lastModified": 1790812800,
                "narHash": "sha256-BAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
                "type": "tarball",
                "url": "https://example.org/utils.tar.gz"
              },
              "original": {
                "type": "tarball",
                "url": "https://example.org/utils.tar.gz"
              }
            }
          },
          "root": "root",
          "version": 7
        }

        """;

    public static string Get(string name) => name switch
    {
        nameof(Five) => Five,
        nameof(Six) => Six,
        _ => Seven,
    };

    /// <summary>A lock file with many nodes, each following the first one, all of them inputs of the flake.</summary>
    public static string Large(int count)
    {
        var text = new StringBuilder("{\n  \"nodes\": {\n");
        for (var i = 0; i < count; i++)
        {
            var inputs = i == 0 ? "" : "      \"inputs\": {\n        \"first\": [\n          \"n0000\"\n        ]\n      },\n";
            text.Append(
                CultureInfo.InvariantCulture,
                $"    \"n{i:0000}\": {{\n{inputs}      \"locked\": {{\n        \"lastModified\": {October + i},\n        \"owner\": \"o\",\n        \"repo\": \"r{i}\",\n        \"rev\": \"{i:x40}\",\n        \"type\": \"github\"\n      }},\n      \"original\": {{\n        \"owner\": \"o\",\n        \"repo\": \"r{i}\",\n        \"type\": \"github\"\n      }}\n    }},\n");
        }

        var all = string.Join(",\n", Enumerable.Range(0, count).Select(static i => $"        \"n{i:0000}\": \"n{i:0000}\""));
        return text.Append(CultureInfo.InvariantCulture, $"    \"root\": {{\n      \"inputs\": {{\n{all}\n      }}\n    }}\n  }},\n  \"root\": \"root\",\n  \"version\": 7\n}}\n").ToString();
    }
}

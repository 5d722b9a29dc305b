using System.Globalization;
using Newtonsoft.Json.Linq;
using NixSharp.Flakes.References;
using NixSharp.Testing;
using Xunit;

namespace NixSharp.Integration.Tests.Flakes;

public sealed class RealFlakeReferenceTests : IDisposable
{
    private const string Commit = "0123456789abcdef0123456789abcdef01234567";
    private const string Hash = "sha256-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA%3D";

    private static readonly string[] Everywhere =
    [
        "nixpkgs", "nixpkgs/nixos-26.05", $"nixpkgs/{Commit}", $"nixpkgs/nixos-26.05/{Commit}", "flake:nixpkgs", "flake:nixpkgs/a", "flake:nixpkgs?dir=x", "N_1-x",
        "github:NixOS/nixpkgs", "github:NixOS/nixpkgs/nixos-26.05", $"github:NixOS/nixpkgs/{Commit}", "github:a/b?ref=release/1.0", "github:a/b?dir=c/d", "github:a/b?host=git.example.org", "github:a//b/",
        $"github:a/b?rev={Commit}", "github:a/b/c/d", "gitlab:a/b?dir=c", "gitlab:a/b/main", "sourcehut:~a/b", "sourcehut:~a/b/c",
        "git+https://example.org/a.git", $"git+https://example.org/a.git?ref=main&rev={Commit}", "git+ssh://git@example.org:22/a", "git+file:///a/b?dir=x", "git+https://x/y?submodules=1", "git+https://x/y?shallow=1&foo=bar",
        "git+https://u@h:8080/p%20q?ref=a%2Fb", "git+http://x", "git+https://[::1]:8080/x", "git://x/y",
        "path:/a/b", $"path:/a?narHash={Hash}", $"path:/a?rev={Commit}&revCount=5&lastModified=10", "path:./x",
        "https://example.org/x.tar.gz", "https://example.org/x.zip?dir=a", "http://example.org/x.tgz", "file:///x.tar.gz",
        "hg+https://x/y", $"hg+https://x/y?rev={Commit}", "hg+ssh://a/b?ref=z",
    ];

    private static readonly string[] Newer =
    [
        $"github:a/b?narHash={Hash}", $"github:a/b/{Commit}?narHash={Hash}", "git+https://x/y?exportIgnore=1", $"https://x/y.tgz?rev={Commit}&revCount=3", "https://x/y.tgz?lastModified=5&foo=1", "file+https://x/y",
        "git+https://x/y?a=b=c", "https://x/a%2Fb%20c.tgz", "git+https://x/a%2Fb", "/a/b", "https://x/y",
        "git+https://x/y?allRefs=1", $"https://example.org/x.tar.gz?narHash={Hash}", "tarball+https://example.org/x", "tarball+file:///x", "path:/a%20b", "path:/a?dir=x",
    ];

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [OnNix(NixRelease.Debian13)]
    public async Task References_are_read_and_printed_as_nix_does(NixRelease nix)
    {
        string[] texts = [.. Everywhere, .. Newer];
        var list = string.Join(' ', texts.Select(static text => $"\"{text}\""));
        var theirs = JArray.Parse(await RealNix.RunAsync(nix, _folder["store"], "nix", "eval", "--json", "--expr",
            $"map (t: let p = builtins.parseFlakeRef t; in {{ inherit p; s = builtins.flakeRefToString p; }}) [ {list} ]"));

        for (var i = 0; i < texts.Length; i++)
        {
            var ours = FlakeReference.Parse(texts[i]);
            Assert.Equal($"{texts[i]} {Sorted(theirs[i]["p"]!)}", $"{texts[i]} {Sorted(ours.ToJson())}");

            // Nix loses the host and the type of a single file; with them, what is printed is read as the same.
            if (!texts[i].Contains("host=", StringComparison.Ordinal) && ours.Type != FlakeReferenceType.File)
            {
                Assert.Equal(theirs[i]["s"], ours.ToString());
            }
        }
    }

    [Theory]
    [OnNix(NixRelease.Machine)]
    [OnNix(NixRelease.Debian13)]
    public async Task A_registry_has_the_same_attributes(NixRelease nix)
    {
        var different = new List<string>();

        // Added one by one: the registry's file is what Nix made of the text.
        foreach (var text in Everywhere)
        {
            var file = _folder[$"registry-{nix}.json"];
            File.Delete(file);
            await RealNix.RunAsync(nix, _folder["store"], "nix", "registry", "add", "--registry", file, "x", text);
            var to = JObject.Parse(File.ReadAllText(file))["flakes"]![0]!["to"]!;
            different.AddRange(Sorted(WithoutFolder(to)) == Sorted(FlakeReference.Parse(text).ToJson()) ? [] : [$"{text}: {Sorted(to)} and {Sorted(FlakeReference.Parse(text).ToJson())}"]);
        }

        Assert.Empty(different);
    }

    [Theory]
    [OnNix(NixRelease.Machine)]
    [OnNix(NixRelease.Debian13)]
    public async Task A_path_stands_for_the_flake_that_nix_finds(NixRelease nix)
    {
        _folder.Write("repository/flake.nix", "{ outputs = _: { }; }");
        _folder.Write("repository/sub/flake.nix", "{ outputs = _: { }; }");
        _folder.Write("repository/sub/below/file", "");
        _folder.Write("alone/flake.nix", "{ outputs = _: { }; }");
        await CommandLine.RunAsync("git", "init", "-q", _folder["repository"]);
        await CommandLine.RunAsync("git", "-C", _folder["repository"], "add", ".");
        foreach (var path in (string[])["repository", "repository/sub", "repository/sub/below", "alone"])
        {
            var metadata = JObject.Parse(await RealNix.RunAsync(nix, _folder["store"], "nix", "flake", "metadata", "--json", "--no-write-lock-file", _folder[path]));
            var ours = FlakeReference.Resolve(_folder[path], "/");
            Assert.Equal(metadata["originalUrl"], ours.ToString());
            Assert.Equal(Sorted(WithoutFolder(metadata["original"]!)), Sorted(ours.ToJson()));
        }
    }

    /// <summary>Nix 2.8 has the folder in the attribute of that name, and leaves it in the URL as well.</summary>
    private static JToken WithoutFolder(JToken json)
    {
        if (json["dir"] is { } folder && json["url"] is { } url)
        {
            json["url"] = ((string)url!).Replace($"?dir={folder}", "", StringComparison.Ordinal);
        }

        return json;
    }

    private static string Sorted(JToken json) =>
        string.Join(' ', ((JObject)json).Properties().OrderBy(static property => property.Name, StringComparer.Ordinal).Select(static property => string.Create(CultureInfo.InvariantCulture, $"{property.Name}={property.Value}")));
}

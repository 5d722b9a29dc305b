using NixSharp.Derivations;
using NixSharp.StorePaths;
using NixSharp.Stores;
using NixSharp.Testing;
using Xunit;

namespace NixSharp.Integration.Tests.Derivations;

public sealed class DerivationAddTests : IDisposable
{
    private const string Expression = """
        let
          make = attributes: derivation ({ system = "x86_64-linux"; builder = "/bin/sh"; } // attributes);
          plain = make { name = "plain"; outputs = [ "out" "dev" ]; text = "a\nb\t\"c\"\\"; };
          fixed = make { name = "fixed"; outputHash = "sha256-LPSV38T2mJY1BaB50HgTDWoetQdW8sSVGXmW4LCOeQI="; outputHashMode = "recursive"; };
          needing = make { name = "needing"; inherit plain fixed; args = [ plain.dev ./source ]; };
          floating = make { name = "floating"; __contentAddressed = true; outputHashAlgo = "sha256"; outputHashMode = "recursive"; };
          deferred = make { name = "deferred"; inherit floating; };
        in make { name = "all"; inherit needing deferred; __structuredAttrs = true; nested = { a = [ 1 2.5 true null ]; }; }
        """;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [OnNix(NixRelease.Machine)]
    [OnNix(NixRelease.Debian13)]
    public async Task Derivations_that_were_added_are_what_Nix_makes_of_the_same_text(NixRelease nix)
    {
        _folder.Write("source", "contents");
        var top = StorePath.Parse((await RealNix.RunAsync(nix, _folder["theirs"], "nix-instantiate", "--extra-experimental-features", "ca-derivations", _folder.Write("default.nix", Expression))).Trim());
        await using var theirs = LocalStore.Open(_folder["theirs"]);
        await using var ours = LocalStore.Open(_folder["ours"]);
        await AddAsync(top);
        var verified = await RealNix.VerifyAsync(_folder["ours"], nix);
        Assert.True(verified.ExitCode == 0, verified.Error);
        Assert.Equal(await theirs.ListAsync(), await ours.ListAsync());
        foreach (var path in await theirs.ListAsync())
        {
            var (expected, found) = ((await theirs.QueryPathInfoAsync(path))!, (await ours.QueryPathInfoAsync(path))!);
            Assert.Equal(expected.References, found.References);
            Assert.Equal(expected.NarHash, found.NarHash);
            Assert.Equal(expected.ContentAddress, found.ContentAddress);
            if (path.IsDerivation)
            {
                Assert.Equal(await theirs.QueryDerivationOutputsAsync(path), await ours.QueryDerivationOutputsAsync(path));
            }
        }

        async Task AddAsync(StorePath path)
        {
            var references = (await theirs.QueryPathInfoAsync(path))!.References;
            foreach (var reference in references)
            {
                await AddAsync(reference);
            }

            var file = theirs.GetRealPath(path);
            Assert.Equal(path, path.IsDerivation
                ? await ours.AddTextAsync(path.Name, ByteText.FromBytes(await File.ReadAllBytesAsync(file)), references)
                : await ours.AddAsync(file, path.Name));
        }
    }
}

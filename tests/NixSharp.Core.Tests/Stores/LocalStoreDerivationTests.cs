using NixSharp.Core.Tests.Derivations;
using NixSharp.Derivations;
using NixSharp.StorePaths;
using NixSharp.Stores;
using NixSharp.Testing;
using Xunit;

namespace NixSharp.Core.Tests.Stores;

public sealed class LocalStoreDerivationTests : StoreFixture
{
    private const string Minimal =
        """Derive([("out","/nix/store/bilpz1nq8qi9r3bzsp72n34yjgqg43ws-filled-in-deferred-empty-env-var","","")],[],[],"x86_64-linux","/bin/sh",[],[("__doc","Fill in deferred output with empty env var"),("out","/nix/store/bilpz1nq8qi9r3bzsp72n34yjgqg43ws-filled-in-deferred-empty-env-var")])""";

    [RequiresTheory(Requirements.Golden)]
    [InlineData(GoldenDerivations.Nix28)]
    [InlineData(GoldenDerivations.GoNix)]
    public async Task Derivations_are_added_with_their_outputs(string folder)
    {
        await using var store = OpenStore();
        foreach (var (path, file) in GoldenDerivations.StorePathsIn(folder))
        {
            await AddAsync(path, file);
        }

        async Task AddAsync(StorePath path, string file)
        {
            var derivation = Derivation.Parse(await File.ReadAllBytesAsync(file), path);
            if (derivation.InputSources.Any(static source => !source.IsDerivation))
            {
                // Its source is not among the data.
                return;
            }

            foreach (var reference in derivation.GetReferences())
            {
                await AddAsync(reference, Path.Combine(Path.GetDirectoryName(file)!, reference.BaseName));
            }

            Assert.Equal(path, await store.AddTextAsync(path.Name, ByteText.FromBytes(derivation.ToAterm()), derivation.GetReferences()));
            Assert.Equal(derivation.Outputs.Keys.ToDictionary(static output => output, derivation.GetOutputPath), await store.QueryDerivationOutputsAsync(path));
            Assert.Equal(await File.ReadAllBytesAsync(file), await File.ReadAllBytesAsync(store.GetRealPath(path)));
        }
    }

    [Theory]
    [InlineData("x.drv", "x", NixErrorCodes.InvalidDerivation)]
    [InlineData("another-name.drv", Minimal, NixErrorCodes.DerivationOutputMismatch)]
    [InlineData(".drv", Minimal, NixErrorCodes.InvalidDerivation)]
    public async Task What_is_no_valid_derivation_is_refused_and_leaves_nothing(string name, string text, string code)
    {
        await using var store = OpenStore();
        Assert.Equal(code, (await Assert.ThrowsAsync<NixFormatException>(() => store.AddTextAsync(name, text))).Code);
        Assert.Empty(NamesIn(store));
        Assert.Empty(await store.ListAsync());
    }

    [Fact]
    public async Task A_derivation_is_refused_with_references_that_are_not_its_own()
    {
        await using var store = OpenStore();
        var other = await store.AddTextAsync("other", "x");
        var error = await Assert.ThrowsAsync<NixFormatException>(() => store.AddTextAsync("filled-in-deferred-empty-env-var.drv", Minimal, [other]));
        Assert.Equal(NixErrorCodes.InconsistentDerivation, error.Code);
        Assert.Equal("filled-in-deferred-empty-env-var.drv", (await store.AddTextAsync("filled-in-deferred-empty-env-var.drv", Minimal)).Name);
    }

    [Fact]
    public async Task A_NAR_with_a_wrong_derivation_is_refused()
    {
        await using var store = OpenStore();
        await using var other = OpenStore("other");
        var text = await other.AddTextAsync("text", Minimal.Replace("bilp", "bilq", StringComparison.Ordinal));
        var info = (await other.QueryPathInfoAsync(text))! with { Path = StorePath.ParseBaseName($"{text.HashPart}-filled-in-deferred-empty-env-var.drv"), ContentAddress = null };
        using var nar = new MemoryStream();
        await other.ReadNarAsync(text, nar);
        nar.Position = 0;
        Assert.Equal(
            NixErrorCodes.DerivationOutputMismatch,
            (await Assert.ThrowsAsync<NixFormatException>(() => store.AddNarAsync(info, nar, new AddNarOptions { CheckSignatures = false }))).Code);
        Assert.Empty(NamesIn(store));
        Assert.Empty(await store.ListAsync());
    }
}

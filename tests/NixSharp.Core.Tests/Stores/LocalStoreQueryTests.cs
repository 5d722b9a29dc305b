using NixSharp.Closures;
using NixSharp.Derivations;
using NixSharp.Hashing;
using NixSharp.StorePaths;
using NixSharp.Stores;
using NixSharp.Stores.Database;
using Xunit;

namespace NixSharp.Core.Tests.Stores;

public sealed class LocalStoreQueryTests : StoreFixture
{
    private static readonly DerivationOutputId Output = new(NixHash.Compute(NixHashAlgorithm.Sha256, "one"u8), "out");

    [Fact]
    public async Task Several_infos_are_those_that_are_read_one_by_one()
    {
        await using var store = OpenStore();
        var first = await store.AddTextAsync("first", "1");
        var second = await store.AddTextAsync("second", $"{first}", [first]);
        var infos = await store.QueryPathInfosAsync([second, first, Stranger, second]);
        Assert.Equal(new[] { first, second }.Order(), infos.Keys.Order());
        Assert.Equivalent(await store.GetPathInfoAsync(second), infos[second], strict: true);
        Assert.Equal([first], infos[second].References);
    }

    [Fact]
    public async Task A_closure_has_every_path_once_after_what_it_needs()
    {
        await using var store = OpenStore();
        var bottom = await store.AddTextAsync("bottom", "1");
        var left = await store.AddTextAsync("left", $"{bottom}", [bottom]);
        var right = await store.AddTextAsync("right", $"{bottom}", [bottom]);
        var top = await store.AddTextAsync("top", $"{left}{right}", [left, right]);
        _ = await store.AddTextAsync("other", $"{top}", [top]);
        var infos = await store.QueryClosureAsync([top, Stranger]);
        Assert.Equal(new[] { bottom, left, right, top }.Order(), infos.Keys.Order());
        Assert.Equal(new[] { left, right }.Order(), infos[top].References);

        var closure = await store.GetClosureAsync(top);
        Assert.Equal(top, closure.Paths[^1].Path);
        Assert.Equal(bottom, closure.Paths[0].Path);
        Assert.Equal(NixErrorCodes.PathNotValid, (await Assert.ThrowsAsync<NixStoreException>(() => store.GetClosureAsync(Stranger))).Code);
    }

    [Fact]
    public async Task A_chain_of_five_thousand_paths_is_a_closure()
    {
        await using var store = OpenStore();
        var last = await store.AddTextAsync("first", "x");
        var infos = new List<PathInfo> { await store.GetPathInfoAsync(last) };
        for (var number = 1; number < 5000; number++)
        {
            var path = StorePath.ParseBaseName($"{Nix32.Encode(NixHash.Compute(NixHashAlgorithm.Sha1, BitConverter.GetBytes(number)).Digest)}-n{number}");
            infos.Add(infos[0] with { Path = path, References = [infos[^1].Path], ContentAddress = null });
        }

        using (var database = StoreDatabase.OpenOrCreate(store.Layout.Database, store.StoreDirectory))
        {
            database.Register(infos);
        }

        var closure = await store.GetClosureAsync(infos[^1].Path);
        Assert.Equal(infos.Select(static info => info.Path), closure.Paths.Select(static info => info.Path));
    }

    [Fact]
    public async Task A_path_is_found_by_its_hash_part()
    {
        await using var store = OpenStore();
        var path = await store.AddTextAsync("text", "hello");
        Assert.Equal(path, await store.QueryPathFromHashPartAsync(path.HashPart.ToString()));
        Assert.Null(await store.QueryPathFromHashPartAsync(Stranger.HashPart.ToString()));
        await Assert.ThrowsAsync<NixFormatException>(() => store.QueryPathFromHashPartAsync("%"));
    }

    [Fact]
    public async Task Signatures_are_added_to_those_that_are_there()
    {
        await using var store = OpenStore();
        var path = await store.AddTextAsync("text", "hello");
        await store.AddSignaturesAsync(path, [Signed("b-1"), Signed("a-1")]);
        await store.AddSignaturesAsync(path, [Signed("b-1"), Signed("c-1")]);
        Assert.Equal([Signed("a-1"), Signed("b-1"), Signed("c-1")], (await store.GetPathInfoAsync(path)).Signatures);
        Assert.Equal(NixErrorCodes.PathNotValid, (await Assert.ThrowsAsync<NixStoreException>(() => store.AddSignaturesAsync(Stranger, [Signed("a-1")]))).Code);
        await Assert.ThrowsAsync<NixFormatException>(() => store.AddSignaturesAsync(path, [$"{Signed("a-1")} {Signed("b-1")}"]));
    }

    [Fact]
    public async Task A_realisation_is_remembered_once_and_gathers_signatures()
    {
        await using var store = OpenStore();
        var path = await store.AddTextAsync("text", "hello");
        Assert.Null(await store.QueryRealisationAsync(Output));
        await store.AddRealisationAsync(new Realisation { Id = Output, OutputPath = path, Signatures = [Signed("b-1")] });
        await store.AddRealisationAsync(new Realisation { Id = Output, OutputPath = path, Signatures = [Signed("a-1")] });
        var found = await store.QueryRealisationAsync(Output);
        Assert.Equal(path, found!.OutputPath);
        Assert.Equal([Signed("a-1"), Signed("b-1")], found.Signatures);
        Assert.Null(await store.QueryRealisationAsync(Output with { OutputName = "dev" }));
    }

    [Fact]
    public async Task A_realisation_that_contradicts_what_is_known_is_refused()
    {
        await using var store = OpenStore();
        var path = await store.AddTextAsync("text", "hello");
        var other = await store.AddTextAsync("other", "hello");
        var realisation = new Realisation { Id = Output, OutputPath = path };
        Assert.Equal(NixErrorCodes.PathNotValid, (await Assert.ThrowsAsync<NixStoreException>(() => store.AddRealisationAsync(realisation with { OutputPath = Stranger }))).Code);
        await store.AddRealisationAsync(realisation);
        Assert.Equal(NixErrorCodes.RealisationConflict, (await Assert.ThrowsAsync<NixStoreException>(() => store.AddRealisationAsync(realisation with { OutputPath = other }))).Code);

        var dependent = new Realisation { Id = Output with { OutputName = "dev" }, OutputPath = other, DependentRealisations = new Dictionary<DerivationOutputId, StorePath> { [Output] = other } };
        Assert.Equal(NixErrorCodes.RealisationConflict, (await Assert.ThrowsAsync<NixStoreException>(() => store.AddRealisationAsync(dependent))).Code);
        Assert.Null(await store.QueryRealisationAsync(dependent.Id));
        dependent = dependent with { DependentRealisations = new Dictionary<DerivationOutputId, StorePath> { [Output] = path } };
        await store.AddRealisationAsync(dependent);
        Assert.Equal(dependent.DependentRealisations, (await store.QueryRealisationAsync(dependent.Id))!.DependentRealisations);
    }

    [Fact]
    public async Task A_realisation_goes_with_its_path()
    {
        await using var store = OpenStore();
        var path = await store.AddTextAsync("text", "hello");
        await store.AddRealisationAsync(new Realisation { Id = Output, OutputPath = path });
        await store.DeleteAsync(path);
        Assert.Null(await store.QueryRealisationAsync(Output));
    }

    [Fact]
    public async Task A_derivation_brings_its_outputs_and_is_found_by_them()
    {
        await using var store = OpenStore();
        var derivation = DerivationOutputs.Fill(
            new Derivation { Name = "hello", Outputs = new Dictionary<string, DerivationOutput> { ["out"] = new DerivationOutput.Deferred() }, Environment = new Dictionary<string, string> { ["out"] = "" }, System = "x86_64-linux", Builder = "/bin/sh" },
            new DerivationHashes());
        var path = await store.AddTextAsync("hello.drv", System.Text.Encoding.UTF8.GetString(derivation.ToAterm()));
        Assert.Equal(derivation.ComputePath(), path);
        var output = derivation.GetOutputPath("out")!.Value;
        Assert.Equal(new Dictionary<string, StorePath?> { ["out"] = output }, await store.QueryDerivationOutputsAsync(path));
        Assert.Equal([path], await store.QueryValidDeriversAsync(output));
    }

    private static string Signed(string key) => $"{key}:{Convert.ToBase64String(new byte[64])}";
}

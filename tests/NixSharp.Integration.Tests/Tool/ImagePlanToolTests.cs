using Newtonsoft.Json.Linq;
using NixSharp.Stores;
using NixSharp.Testing;
using Xunit;

namespace NixSharp.Integration.Tests.Tool;

public sealed class ImagePlanToolTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [RequiresFact("docker-registry")]
    public async Task Layers_are_planned_compared_with_a_registry_and_kept_where_they_were()
    {
        await using var registry = await RegistryServer.StartAsync();
        var (first, second) = await MakeStoreAsync();
        string[] store = ["--store", _folder["store"]];

        var plan = JObject.Parse(await NixSharpProgram.RunAsync(["image", "plan", first, "--layering", "groups:libc-*,icu-*", "--json", .. store]));
        Assert.Equal(
            [["icu-1", "libc-1"], ["app-1"]],
            plan["layers"]!.Select(layer => layer["paths"]!.Select(path => ((string)path["path"]!)[33..]).Order().ToArray()));

        // What is pushed by one layering stays as it is by another that is held to it.
        await NixSharpProgram.RunAsync(["image", "push", first, $"{registry.Host}/app:1", "--layering", "groups:libc-*,icu-*", .. store]);
        string[] stable = ["--stable-against", $"{registry.Host}/app:1", "--layering", "one-per-path"];
        var same = await NixSharpProgram.RunAsync(["image", "diff", $"docker://{registry.Host}/app:1", first, .. stable, .. store]);
        Assert.Equal("2 of 2 layers are the same\n", same);

        var diff = JObject.Parse(await NixSharpProgram.RunAsync(["image", "diff", $"{registry.Host}/app:1", second, "--json", .. stable, .. store]));
        Assert.Equal(["same", "changed", "came"], diff["layers"]!.Select(layer => (string)layer["change"]!));
        Assert.Equal(("app-1", "app-2"), (Name(diff["changed"]![0]!["earlier"]), Name(diff["changed"]![0]!["later"])));
        Assert.Equal("new-1", Name(diff["came"]![0]!["later"]));

        var text = await NixSharpProgram.RunAsync(["image", "diff", $"{registry.Host}/app:1", second, .. stable, .. store]);
        Assert.Contains("app-1 -> app-2 (+", text, StringComparison.Ordinal);
        Assert.Contains("layer 2 changed", text, StringComparison.Ordinal);
        Assert.EndsWith("1 of 3 layers are the same\n", text, StringComparison.Ordinal);
    }

    private static string Name(JToken? path) => ((string)path!["path"]!)[33..];

    private async Task<(string First, string Second)> MakeStoreAsync()
    {
        await using var store = LocalStore.Open(_folder["store"]);
        var libc = await store.AddTextAsync("libc-1", "c");
        var icu = await store.AddTextAsync("icu-1", libc.ToString(), [libc]);
        var first = await store.AddTextAsync("app-1", icu.ToString(), [icu]);
        var added = await store.AddTextAsync("new-1", "new");
        var second = await store.AddTextAsync("app-2", $"{icu} {added}", [icu, added]);
        return (first.ToString(), second.ToString());
    }
}

using Newtonsoft.Json.Linq;
using NixSharp.Json;
using NixSharp.Stores;
using NixSharp.Testing;
using Xunit;

namespace NixSharp.Integration.Tests.Stores;

public sealed class RegistrationTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [OnNix(NixRelease.Machine)]
    [OnNix(NixRelease.Debian13)]
    public async Task Registrations_are_those_of_Nix_and_Nix_loads_them(NixRelease nix)
    {
        var infos = await FillAsync();
        using var written = new StringWriter();
        PathRegistrations.Write(written, infos);
        var dumped = await RealNix.RunAsync(nix, _folder["store"], "nix-store", "--dump-db");
        Assert.Equal(Sorted(dumped), Sorted(written.ToString()));

        // A second store, that has the files and not yet the database.
        Directory.CreateDirectory(_folder["loaded/nix"]);
        var copied = await CommandLine.TryRunAsync(new CommandLineOptions(), "cp", "-a", _folder["store/nix/store"], _folder["loaded/nix/store"]);
        Assert.True(copied.ExitCode == 0, copied.Error);
        var file = _folder.Write("registrations", written.ToString());
        var loaded = await CommandLine.TryRunAsync(
            new CommandLineOptions { Environment = new Dictionary<string, string> { ["NIX_CONFIG"] = RealNix.Configuration } },
            "sh", "-c", $"'{nix.PathOf("nix-store")}' --store '{_folder["loaded"]}' --load-db < '{file}'");
        Assert.True(loaded.ExitCode == 0, loaded.Error);
        var verified = await RealNix.VerifyAsync(_folder["loaded"], nix);
        Assert.True(verified.ExitCode == 0, verified.Error);
        Assert.Equal(Sorted(dumped), Sorted(await RealNix.RunAsync(nix, _folder["loaded"], "nix-store", "--dump-db")));
    }

    [Theory]
    [OnNix(NixRelease.Machine)]
    [OnNix(NixRelease.Debian13)]
    public async Task Path_infos_in_JSON_are_those_of_Nix_and_are_read_again(NixRelease nix)
    {
        var infos = await FillAsync();
        var format = nix == NixRelease.Machine ? PathInfoJsonFormat.List : PathInfoJsonFormat.Version1;
        var shown = JsonText.Parse(await RealNix.RunAsync(nix, _folder["store"], "nix", "path-info", "--json", "--all"));
        var again = PathInfoJson.Write(PathInfoJson.Read(shown), format);
        Assert.True(JToken.DeepEquals(shown, again), $"{shown}\n{again}");
        var ours = PathInfoJson.Write(infos, format);
        Assert.True(JToken.DeepEquals(Ordered(shown), Ordered(ours)), $"{shown}\n{ours}");
    }

    private static JToken Ordered(JToken json) => json is JArray list ? new JArray(list.OrderBy(static item => (string?)item["path"], StringComparer.Ordinal)) : json;

    private async Task<IReadOnlyList<PathInfo>> FillAsync()
    {
        await using var store = LocalStore.Open(_folder["store"]);
        var first = await store.AddTextAsync("first", "one");
        var second = await store.AddTextAsync("second", $"see {first}", [first]);
        await store.AddTextAsync("third", $"see {first} and {second}", [first, second]);
        var infos = await store.QueryPathInfosAsync(await store.ListAsync());
        return [.. infos.Values.OrderBy(static info => info.Path)];
    }

    /// <summary>The registrations, whose order is that of a database.</summary>
    private static string Sorted(string text)
    {
        using var sorted = new StringWriter();
        PathRegistrations.Write(sorted, PathRegistrations.Read(new StringReader(text)).OrderBy(static info => info.Path));
        return sorted.ToString();
    }
}

using Newtonsoft.Json.Linq;
using NixSharp.NarInfos;
using NixSharp.StorePaths;
using NixSharp.Stores;
using NixSharp.Testing;
using Xunit;

namespace NixSharp.Integration.Tests.Tool;

public sealed class SignToolTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string Store => _folder["store"];

    public void Dispose() => _folder.Dispose();

    [RequiresTheory]
    [OnNix(NixRelease.Machine)]
    [OnNix(NixRelease.Debian13)]
    public async Task A_key_made_here_signs_in_nix_as_it_does_here(NixRelease release)
    {
        var secret = _folder.Write("secret", await NixSharpProgram.RunAsync("key", "generate", "tool-1"));
        var path = (await NixSharpProgram.RunAsync("store", "add", _folder.Write("hello", "hello"), "--store", Store, "-q")).Trim();
        await RealNix.RunAsync(release, Store, "nix", "store", "sign", "-k", secret, path);
        var theirs = await SignaturesAsync(release, path);

        await NixSharpProgram.RunAsync("sign", "-k", secret, path, "--store", Store);
        Assert.Equal(theirs, await SignaturesAsync(release, path));

        var json = JArray.Parse(await NixSharpProgram.RunAsync("store", "sign", "-k", secret, "--all", "--store", Store, "--json"));
        Assert.Equal(theirs, [(string)json[0]["signature"]!]);

        var shell = await CommandLine.RunAsync("sh", "-c", $"dotnet '{NixSharpProgram.Assembly}' key public <'{secret}'");
        Assert.Equal($"{(await SecretKey.ReadAsync(secret)).ToPublicKey()}\n", shell);
        var nix = await CommandLine.RunAsync("sh", "-c", $"nix --extra-experimental-features nix-command key convert-secret-to-public <'{secret}'");
        Assert.Equal(shell.Trim(), nix.Trim());
    }

    [RequiresFact("nix-store")]
    public async Task Only_with_the_option_is_the_closure_signed()
    {
        var secret = _folder.Write("secret", await NixSharpProgram.RunAsync("key", "generate", "tool-1"));
        var lib = (await RealNix.RunAsync(Store, "nix-store", "--add", _folder.Write("lib", "lib"))).Trim();
        await using var store = await NixStore.OpenAsync(Store);
        var app = (await store.AddTextAsync("app", $"needs {lib}", [StorePath.Parse(lib)])).ToString();
        await NixSharpProgram.RunAsync("sign", "-k", secret, app, "--store", Store);
        Assert.Empty(await SignaturesAsync(NixRelease.Machine, lib));
        await NixSharpProgram.RunAsync("sign", "-k", secret, "-r", app, "--store", Store);
        Assert.Single(await SignaturesAsync(NixRelease.Machine, lib));
        Assert.Single(await SignaturesAsync(NixRelease.Machine, app));
    }

    [Fact]
    public async Task What_is_no_key_is_refused_without_showing_it()
    {
        var result = await NixSharpProgram.TryRunAsync("sign", "-k", _folder.Write("secret", "c2VjcmV0"), "--all", "--store", Store);
        Assert.Equal(1, result.ExitCode);
        Assert.Contains("NIXS1061", result.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("c2VjcmV0", result.Error, StringComparison.Ordinal);
    }

    private async Task<IReadOnlyList<string>> SignaturesAsync(NixRelease release, string path) =>
        [.. JToken.Parse(await RealNix.RunAsync(release, Store, "nix", "path-info", "--json", path)).SelectTokens("..signatures[*]").Select(static text => (string)text!)];
}

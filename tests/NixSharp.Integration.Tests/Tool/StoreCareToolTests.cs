using Newtonsoft.Json.Linq;
using NixSharp.Testing;
using Xunit;

namespace NixSharp.Integration.Tests.Tool;

public sealed class StoreCareToolTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string Store => _folder["store"];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_damaged_store_is_told_and_repaired_from_another_one()
    {
        var path = await AddAsync("hello", Store);
        await AddAsync("hello", _folder["other"]);
        Assert.Equal("", await NixSharpProgram.RunAsync("store", "verify", "--check-contents", "--store", Store));
        var file = $"{Store}{path}";
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        await File.WriteAllTextAsync(file, "jello");

        var result = await NixSharpProgram.TryRunAsync("store", "verify", "--check-contents", "--store", Store, "--json");
        Assert.Equal(1, result.ExitCode);
        Assert.Contains("error: NIXS2014", result.Error, StringComparison.Ordinal);
        Assert.Equal(path, (string)JObject.Parse(result.Output)["problems"]![0]!["path"]!);

        await NixSharpProgram.RunAsync("store", "verify", "--check-contents", "--repair", "--from", _folder["other"], "--store", Store);
        Assert.Equal("hello", await File.ReadAllTextAsync(file));
    }

    [Fact]
    public async Task Equal_files_are_linked()
    {
        await AddAsync("one", Store, "same");
        await AddAsync("two", Store, "same");
        var result = JObject.Parse(await NixSharpProgram.RunAsync("store", "optimise", "--store", Store, "--json"));
        Assert.Equal(1, (int)result["filesLinked"]!);
        Assert.StartsWith("0 files linked", await NixSharpProgram.RunAsync("store", "optimise", "--store", Store), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Garbage_is_foretold_and_collected_and_roots_are_kept()
    {
        var kept = await AddAsync("kept", Store);
        var dropped = await AddAsync("dropped", Store);
        await NixSharpProgram.RunAsync("store", "roots", "--add", _folder["root"], kept, "--store", Store);
        Assert.Contains($"{_folder["root"]} -> {kept}\n", await NixSharpProgram.RunAsync("store", "roots", "--store", Store), StringComparison.Ordinal);
        Assert.Equal($"{dropped}\n", await NixSharpProgram.RunAsync("store", "gc", "--dry-run", "--store", Store));
        Assert.Equal(dropped, (string)JObject.Parse(await NixSharpProgram.RunAsync("store", "gc", "--store", Store, "--json"))["paths"]![0]!);
        Assert.Equal($"{kept}\n", await NixSharpProgram.RunAsync("store", "list", "--store", Store));

        var result = await NixSharpProgram.TryRunAsync("store", "delete", kept, "--store", Store);
        Assert.Contains($"error: NIXS2004: {kept} was not deleted: {_folder["root"]} keeps it", result.Error, StringComparison.Ordinal);
    }

    private async Task<string> AddAsync(string name, string store, string? contents = null) =>
        (await NixSharpProgram.RunAsync("store", "add", _folder.Write($"in/{name}", contents ?? name), "--store", store)).Trim();
}

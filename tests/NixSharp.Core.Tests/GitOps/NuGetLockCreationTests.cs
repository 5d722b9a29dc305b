using System.Net;
using System.Net.Sockets;
using System.Text;
using NixSharp.GitOps.NuGet;
using Xunit;

namespace NixSharp.Core.Tests.GitOps;

public sealed class NuGetLockCreationTests : IDisposable
{
    private const string Newtonsoft = "\"Newtonsoft.Json/13.0.4\": { \"type\": \"package\", \"path\": \"newtonsoft.json/13.0.4\" }";

    private readonly PackagesFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_packages_folder_is_listed_whole()
    {
        var json = _folder.Add("Newtonsoft.Json", "13.0.4");
        _folder.Add("xunit", "2.9.3-beta.1");
        _folder.Write("packages/readme.txt", "no package");
        Directory.CreateDirectory(_folder["packages/empty/1.0.0"]);

        var made = await _folder.LockAsync("packages");

        Assert.Equal([("Newtonsoft.Json", "13.0.4"), ("xunit", "2.9.3-beta.1")], made.Entries.Select(static entry => (entry.Name, entry.Version)));
        Assert.Equal(json, made.Entries[0].Hash);
        Assert.All(made.Entries, static entry => Assert.Null(entry.Url));
    }

    [Fact]
    public async Task A_project_has_its_packages_and_what_is_only_downloaded()
    {
        _folder.Add("Newtonsoft.Json", "13.0.4");
        _folder.Add("Microsoft.NETCore.App.Runtime.linux-x64", "10.0.4");
        _folder.Add("unused", "1.0.0");
        _folder.WriteAssets(
            "app",
            $"{Newtonsoft}, \"Library/1.0.0\": {{ \"type\": \"project\", \"path\": \"../library/library.csproj\" }}",
            "{ \"name\": \"Microsoft.NETCore.App.Runtime.linux-x64\", \"version\": \"[10.0.4, 10.0.4]\" }");
        _folder.Write("app/app.csproj", "<Project />");

        foreach (var source in (string[])["app/obj/project.assets.json", "app/app.csproj", "app"])
        {
            Assert.Equal(
                ["Microsoft.NETCore.App.Runtime.linux-x64", "Newtonsoft.Json"],
                (await _folder.LockAsync(source)).Entries.Select(static entry => entry.Name));
        }
    }

    [Theory]
    [InlineData("all.slnx", "<Solution><Folder Name=\"/a/\"><Project Path=\"a/a.csproj\" /></Folder><Project Path=\"b\\b.fsproj\" /><Project Path=\"c/c.vcxproj\" /></Solution>")]
    [InlineData("all.sln", "Project(\"{FAE0}\") = \"a\", \"a\\a.csproj\", \"{1}\"\nEndProject\nProject(\"{FAE0}\") = \"b\", \"b\\b.fsproj\", \"{2}\"\nEndProject\nProject(\"{2150}\") = \"folder\", \"folder\", \"{3}\"\nEndProject\n")]
    public async Task A_solution_has_the_packages_of_all_its_projects(string name, string contents)
    {
        _folder.Add("Newtonsoft.Json", "13.0.4");
        _folder.Add("xunit", "2.9.3");
        _folder.WriteAssets("a", Newtonsoft);
        _folder.WriteAssets("b", Newtonsoft + ", \"xunit/2.9.3\": { \"type\": \"package\" }");
        _folder.Write("a/a.csproj", "<Project />");
        _folder.Write("b/b.fsproj", "<Project />");
        _folder.Write(name, contents);

        Assert.Equal(["Newtonsoft.Json", "xunit"], (await _folder.LockAsync(name)).Entries.Select(static entry => entry.Name));
    }

    [Fact]
    public async Task Tools_and_SDKs_count_unless_left_out()
    {
        _folder.Add("Newtonsoft.Json", "13.0.4");
        _folder.Add("Some.Sdk", "1.2.0");
        _folder.Add("tool", "7.0.0", source: null);
        _folder.Add("tool.linux-x64", "7.0.0", source: null);
        _folder.Write("packages/tool/7.0.0/tools/any/any/DotnetToolSettings.xml", "<DotNetCliTool Version=\"2\"><RuntimeIdentifierPackages><RuntimeIdentifierPackage RuntimeIdentifier=\"linux-x64\" Id=\"Tool.linux-x64\" /><RuntimeIdentifierPackage RuntimeIdentifier=\"win-x64\" Id=\"Tool.win-x64\" /></RuntimeIdentifierPackages></DotNetCliTool>");
        _folder.Write(".config/dotnet-tools.json", "{ \"version\": 1, \"isRoot\": true, \"tools\": { \"tool\": { \"version\": \"7.0\", \"commands\": [\"t\"] } } }");
        _folder.Write("global.json", "{ \"sdk\": { \"version\": \"10.0.100\" }, \"msbuild-sdks\": { \"Some.Sdk\": \"1.2.0\" } }");
        var assets = _folder.WriteAssets("app", Newtonsoft);

        var with = await NuGetLock.CreateAsync(assets, _folder.Options);
        Assert.Equal(["Newtonsoft.Json", "Some.Sdk", "tool", "tool.linux-x64"], with.Entries.Select(static entry => entry.Name));
        Assert.Single((await NuGetLock.CreateAsync(assets, _folder.Options with { IncludeTools = false })).Entries);
    }

    [Theory]
    [InlineData("newtonsoft.json")]
    [InlineData("Newtonsoft.*")]
    [InlineData("newtonsoft.json/13.0.4")]
    [InlineData("Newtonsoft.Json.13.0.4.nupkg")]
    public async Task Packages_can_be_left_out(string pattern)
    {
        _folder.Add("Newtonsoft.Json", "13.0.4");
        _folder.Add("xunit", "2.9.3");
        var made = await NuGetLock.CreateAsync(_folder.Packages, _folder.Options with { Exclude = [pattern] });
        Assert.Equal("xunit", Assert.Single(made.Entries).Name);
        Assert.Empty(made.LocalPackages);
    }

    [Fact]
    public async Task What_came_from_a_folder_is_left_out_and_said()
    {
        _folder.Add("Local", "1.0.0", source: "/srv/feed");
        _folder.Add("xunit", "2.9.3");
        var made = await _folder.LockAsync("packages");
        Assert.Equal("xunit", Assert.Single(made.Entries).Name);
        Assert.Equal(["local 1.0.0"], made.LocalPackages);
    }

    [Fact]
    public async Task Another_source_is_asked_where_its_packages_are()
    {
        using var listener = new HttpListener();
        var address = $"http://127.0.0.1:{FreePort()}/";
        listener.Prefixes.Add(address);
        listener.Start();
        var requests = ServeAsync(listener, $"{{ \"resources\": [ {{ \"@id\": \"{address}search\", \"@type\": \"SearchQueryService\" }}, {{ \"@id\": \"{address}flat/\", \"@type\": \"PackageBaseAddress/3.0.0\" }} ] }}");
        _folder.Add("A", "1.0.0", source: address + "index.json");
        _folder.Add("B", "1.0.0", source: address + "index.json");

        var made = await _folder.LockAsync("packages");

        Assert.Equal([$"{address}flat/a/1.0.0/a.1.0.0.nupkg", $"{address}flat/b/1.0.0/b.1.0.0.nupkg"], made.Entries.Select(static entry => entry.Url));
        listener.Stop();
        Assert.Equal(1, await requests);
    }

    [Fact]
    public async Task The_address_of_a_source_can_be_given_and_a_mirror_has_none()
    {
        _folder.Add("A", "1.0.0", source: "https://nuget.example.org/v3/index.json");
        var given = _folder.Options with { SourceAddresses = new Dictionary<string, string> { ["https://nuget.example.org/v3/index.json"] = "https://nuget.example.org/flat" } };
        Assert.Equal("https://nuget.example.org/flat/a/1.0.0/a.1.0.0.nupkg", Assert.Single((await NuGetLock.CreateAsync(_folder.Packages, given)).Entries).Url);
        Assert.Null(Assert.Single((await NuGetLock.CreateAsync(_folder.Packages, _folder.Options with { Mirrors = ["https://nuget.example.org/v3/index.json/"] })).Entries).Url);
    }

    [Fact]
    public async Task A_source_that_does_not_answer_is_a_coded_error()
    {
        _folder.Add("A", "1.0.0", source: $"http://127.0.0.1:{FreePort()}/index.json");
        var error = await Assert.ThrowsAsync<GitOpsException>(() => _folder.LockAsync("packages"));
        Assert.Equal(NixErrorCodes.PackageSourceUnknown, error.Code);
        Assert.Contains("--source-address", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_not_restored_is_named_with_the_command_that_restores_it()
    {
        var assets = _folder.WriteAssets("app", "\"NixSharp.Missing/1.2.0\": { \"type\": \"package\" }");
        var missing = await Assert.ThrowsAsync<GitOpsException>(() => NuGetLock.CreateAsync(assets, _folder.Options));
        Assert.Equal(NixErrorCodes.PackageNotRestored, missing.Code);
        Assert.Contains("nixsharp.missing 1.2.0", missing.Message, StringComparison.Ordinal);
        Assert.EndsWith("dotnet restore", missing.Message, StringComparison.Ordinal);
        Directory.CreateDirectory(_folder["nothing"]);
        Assert.Equal(NixErrorCodes.PackageNotRestored, (await Assert.ThrowsAsync<GitOpsException>(() => _folder.LockAsync("nothing"))).Code);
    }

    [Theory]
    [InlineData("\"../../etc/1.0.0\": { \"type\": \"package\" }", "")]
    [InlineData("\"a/../b\": { \"type\": \"package\" }", "")]
    [InlineData("", "{ \"name\": \"a\" }")]
    [InlineData("", "1")]
    [InlineData("\"a\": { \"type\": \"package\" }", "")]
    public async Task An_assets_file_that_makes_no_sense_is_refused(string libraries, string downloads)
    {
        var assets = _folder.WriteAssets("app", libraries, downloads);
        Assert.Equal(NixErrorCodes.InvalidProject, (await Assert.ThrowsAsync<GitOpsException>(() => NuGetLock.CreateAsync(assets, _folder.Options))).Code);
    }

    [Fact]
    public async Task A_package_in_anothers_folder_is_refused()
    {
        _folder.Add("A", "1.0.0");
        _folder.Write("packages/a/1.0.0/a.nuspec", "<package><metadata><id>B</id></metadata></package>");
        Assert.Equal(NixErrorCodes.InvalidProject, (await Assert.ThrowsAsync<GitOpsException>(() => _folder.LockAsync("packages"))).Code);
    }

    [Fact]
    public async Task A_hash_is_remembered_only_while_the_package_is_the_same()
    {
        var options = _folder.Options with { CacheFile = _folder["cache/hashes"] };
        var archive = _folder["packages/a/1.0.0/a.1.0.0.nupkg"];
        var hash = _folder.Add("A", "1.0.0");
        var time = File.GetLastWriteTimeUtc(archive);
        await NuGetLock.CreateAsync(_folder.Packages, options);

        // The same size and time: nobody can tell without reading it, and it is not read.
        File.WriteAllText(archive, "A 9.9.9");
        File.SetLastWriteTimeUtc(archive, time);
        Assert.Equal(hash, Assert.Single((await NuGetLock.CreateAsync(_folder.Packages, options)).Entries).Hash);

        File.SetLastWriteTimeUtc(archive, time.AddSeconds(1));
        Assert.NotEqual(hash, Assert.Single((await NuGetLock.CreateAsync(_folder.Packages, options)).Entries).Hash);

        File.WriteAllText(options.CacheFile!, "damaged\n\0 \n");
        File.WriteAllText(archive, "A 1.0.0");
        Assert.Equal(hash, Assert.Single((await NuGetLock.CreateAsync(_folder.Packages, options)).Entries).Hash);
    }

    [Theory]
    [InlineData("1.0", "1.0.0")]
    [InlineData("1.0.0.0", "1.0.0")]
    [InlineData("01.2.3.4", "1.2.3.4")]
    [InlineData("1.0.0-Beta.1+abc", "1.0.0-beta.1")]
    [InlineData("1.x", null)]
    [InlineData("1.0.0/..", null)]
    [InlineData("", null)]
    public void Versions_are_written_as_the_packages_folder_does(string text, string? expected) => Assert.Equal(expected, PackageVersion.Normalize(text));

    private static async Task<int> ServeAsync(HttpListener listener, string answer)
    {
        for (var requests = 0; ; requests++)
        {
            try
            {
                var context = await listener.GetContextAsync();
                await context.Response.OutputStream.WriteAsync(Encoding.UTF8.GetBytes(answer));
                context.Response.Close();
            }
            catch (Exception error) when (error is HttpListenerException or ObjectDisposedException)
            {
                return requests;
            }
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}

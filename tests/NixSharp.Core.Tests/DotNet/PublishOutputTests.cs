using NixSharp.Closures;
using NixSharp.DotNet;
using NixSharp.Stores;
using NixSharp.Testing;
using Xunit;

namespace NixSharp.Core.Tests.DotNet;

public sealed class PublishOutputTests : IAsyncLifetime, IDisposable
{
    private const string Dependencies =
        """
        {
          "runtimeTarget": { "name": ".NETCoreApp,Version=v10.0/linux-x64" },
          "targets": {
            ".NETCoreApp,Version=v10.0": {},
            ".NETCoreApp,Version=v10.0/linux-x64": {
              "App/1.0.0": { "runtime": { "App.dll": {} } },
              "runtimepack.Microsoft.NETCore.App.Runtime.linux-x64/10.0.1": { "runtime": { "System.Runtime.dll": {} }, "native": { "libcoreclr.so": {} } },
              "Json/13.0.4": {
                "runtime": { "lib/net6.0/Json.dll": {} },
                "resources": { "lib/net6.0/de/Json.resources.dll": { "locale": "de" } },
                "runtimeTargets": { "runtimes/linux/native/libjson.so": { "rid": "linux", "assetType": "native" } }
              }
            }
          },
          "libraries": {
            "App/1.0.0": { "type": "project" },
            "runtimepack.Microsoft.NETCore.App.Runtime.linux-x64/10.0.1": { "type": "runtimepack" },
            "Json/13.0.4": { "type": "package" }
          }
        }
        """;

    private readonly TemporaryFolder _folder = new();
    private readonly LocalStore _store;

    public PublishOutputTests()
    {
        _store = LocalStore.Open(_folder["store"]);
        foreach (var file in (string[])["App.dll", "App.pdb", "System.Runtime.dll", "libcoreclr.so", "Json.dll", "de/Json.resources.dll", "de/App.resources.dll", "runtimes/linux/native/libjson.so"])
        {
            _folder.Write($"publish/{file}", $"this is {file}");
        }

        _folder.Write("publish/App.deps.json", Dependencies);
        Directory.CreateDirectory(_folder["publish/empty"]);
        File.CreateSymbolicLink(_folder["publish/link"], "App.dll");
    }

    public Task InitializeAsync() => Task.CompletedTask;

    public Task DisposeAsync() => _store.DisposeAsync().AsTask();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Application_packages_and_runtime_are_paths_of_their_own_that_the_application_refers_to()
    {
        var path = await _store.AddPublishOutputAsync(_folder["publish"], "app-1.0");
        var closure = await _store.GetClosureAsync(path);

        Assert.Equal(["app-1.0", "dotnet-packages", "dotnet-runtime-10.0.1"], closure.Paths.Select(static info => info.Path.Name).Order());
        Assert.Equal(["libcoreclr.so", "System.Runtime.dll"], Files(closure, "dotnet-runtime-10.0.1"));
        Assert.Equal(["Json.dll", "de/Json.resources.dll", "runtimes/linux/native/libjson.so"], Files(closure, "dotnet-packages"));
        var packages = closure.Paths.Single(static info => info.Path.Name == "dotnet-packages").Path;
        var application = _store.GetRealPath(path);
        Assert.Equal($"{packages}/de/Json.resources.dll", File.ResolveLinkTarget(Path.Combine(application, "de", "Json.resources.dll"), returnFinalTarget: false)!.FullName);
        Assert.Equal("App.dll", new FileInfo(Path.Combine(application, "link")).LinkTarget);
        Assert.True(Directory.Exists(Path.Combine(application, "empty")));
        Assert.Equal("this is de/App.resources.dll", File.ReadAllText(Path.Combine(application, "de", "App.resources.dll")));
    }

    [Fact]
    public async Task A_change_of_the_application_leaves_the_others_as_they_are()
    {
        var before = await _store.GetClosureAsync(await _store.AddPublishOutputAsync(_folder["publish"], "app-1.0"));
        _folder.Write("publish/App.dll", "changed");
        var after = await _store.GetClosureAsync(await _store.AddPublishOutputAsync(_folder["publish"], "app-1.1"));
        Assert.Equal(2, after.Paths.Select(static info => info.Path).Intersect(before.Paths.Select(static info => info.Path)).Count());
    }

    [Theory]
    [InlineData("not JSON at all")]
    [InlineData("[]")]
    [InlineData("""{ "runtimeTarget": { "name": "x" }, "targets": { "x": { "App/1.0.0": { "runtime": { "App.dll": {} } } } }, "libraries": { "App/1.0.0": { "type": "project" } } }""")]
    [InlineData("""{ "runtimeTarget": { "name": "x" }, "targets": { "x": { "../../etc/1": { "native": { "../../../etc/passwd": {}, "/etc/passwd": {} }, "resources": { "x.dll": { "locale": "../.." } } } } }, "libraries": { "../../etc/1": { "type": "package" } } }""")]
    public async Task An_output_without_parts_is_added_as_it_is(string dependencies)
    {
        _folder.Write("publish/App.deps.json", dependencies);
        Assert.Equal(await _store.AddAsync(_folder["publish"], "app"), await _store.AddPublishOutputAsync(_folder["publish"], "app"));
    }

    [Fact]
    public async Task A_folder_that_is_not_there_has_the_code_of_adding() =>
        Assert.Equal(NixErrorCodes.SourceNotFound, (await Assert.ThrowsAnyAsync<NixException>(() => _store.AddPublishOutputAsync(_folder["nothing"], "app"))).Code);

    private IEnumerable<string> Files(Closure closure, string name)
    {
        var folder = _store.GetRealPath(closure.Paths.Single(info => info.Path.Name == name).Path);
        return Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(folder, file)).Order(StringComparer.OrdinalIgnoreCase).OrderBy(static file => file.Contains('/', StringComparison.Ordinal));
    }
}

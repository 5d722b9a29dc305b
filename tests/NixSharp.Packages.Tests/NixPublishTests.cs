using NixSharp.Testing;
using Xunit;

namespace NixSharp.Packages.Tests;

[Collection(PackagesCollection.Name)]
public sealed class NixPublishTests(PackagesFixture packages)
{
    [Fact]
    public async Task The_publish_output_is_in_the_store()
    {
        using var repository = packages.CreateRepository();
        repository.WriteApp();

        var path = Assert.Single(await repository.GetItemsAsync("NixPublish", "NixStorePath"));

        Assert.Matches("^/nix/store/[0-9a-z]{32}-Hello-1.2.3$", (string)path["Identity"]!);
        Assert.Equal("hello\n", await CommandLine.RunAsync(Path.Combine((string)path["RealPath"]!, "Hello")));
    }

    [Fact]
    public async Task A_second_run_adds_nothing()
    {
        using var repository = packages.CreateRepository();
        repository.WriteApp();
        await repository.BuildAsync("-t:NixPublish");

        var again = await repository.BuildAsync("-t:NixPublish", "-v:n");

        Assert.Contains("Skipping target \"_NixPublishCore\"", again, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_changed_file_gives_another_path_without_the_files_of_before()
    {
        using var repository = packages.CreateRepository();
        repository.WriteApp(items: "<Content Include=\"*.html\" CopyToPublishDirectory=\"PreserveNewest\" />");
        repository.Write("old.html", "old");
        var before = Assert.Single(await repository.GetItemsAsync("NixPublish", "NixStorePath"));
        File.Delete(repository["old.html"]);
        repository.Write("new.html", "new");

        var after = Assert.Single(await repository.GetItemsAsync("NixPublish", "NixStorePath"));

        Assert.NotEqual((string)before["Identity"]!, (string)after["Identity"]!);
        Assert.True(File.Exists(Path.Combine((string)after["RealPath"]!, "new.html")));
        Assert.False(File.Exists(Path.Combine((string)after["RealPath"]!, "old.html")));
    }

    [Fact]
    public async Task A_path_that_was_deleted_is_added_again()
    {
        using var repository = packages.CreateRepository();
        repository.WriteApp();
        await repository.BuildAsync("-t:NixPublish");
        DeleteStore(repository.Store);

        var path = Assert.Single(await repository.GetItemsAsync("NixPublish", "NixStorePath"));

        Assert.True(File.Exists(Path.Combine((string)path["RealPath"]!, "Hello.dll")));
    }

    [Fact]
    public async Task What_dotnet_publish_wrote_is_taken_as_it_is()
    {
        using var repository = packages.CreateRepository();
        repository.WriteApp();

        await repository.DotnetAsync("publish", "-t:NixPublish", "-o", repository["out"]);

        Assert.True(File.Exists(repository["out/Hello.dll"]));
        Assert.Single(Directory.GetDirectories(Path.Combine(repository.Store, "nix/store"), "*-Hello-1.2.3"));
    }

    [Fact]
    public async Task A_single_file_is_in_the_store_as_one()
    {
        using var repository = packages.CreateRepository();
        repository.WriteApp(
            properties:
            """
            <RuntimeIdentifier>$(NETCoreSdkPortableRuntimeIdentifier)</RuntimeIdentifier>
            <SelfContained>false</SelfContained>
            <PublishSingleFile>true</PublishSingleFile>
            <DebugType>embedded</DebugType>
            """);

        var path = Assert.Single(await repository.GetItemsAsync("NixPublish", "NixStorePath"));

        Assert.Equal(["Hello"], Directory.EnumerateFileSystemEntries((string)path["RealPath"]!).Select(Path.GetFileName));
    }

    [Fact]
    public async Task A_plain_build_makes_nothing()
    {
        using var repository = packages.CreateRepository();
        repository.WriteApp();

        await repository.BuildAsync();
        await repository.BuildAsync("-t:NixPublish", "-p:DesignTimeBuild=true");

        Assert.False(Directory.Exists(repository.Store));
    }

    [Fact]
    public async Task Clean_deletes_what_was_made()
    {
        using var repository = packages.CreateRepository();
        repository.WriteApp();
        await repository.BuildAsync("-t:NixPublish;NixClosure");
        Assert.True(Directory.Exists(repository["obj/Debug/net10.0/nix"]));

        await repository.DotnetAsync("clean");

        Assert.False(Directory.Exists(repository["obj/Debug/net10.0/nix"]));
    }

    [Fact]
    public async Task A_plain_build_leaves_what_was_made()
    {
        using var repository = packages.CreateRepository();
        repository.WriteApp();
        await repository.BuildAsync("-t:NixPublish");
        await repository.BuildAsync();

        var again = await repository.BuildAsync("-t:NixPublish", "-v:n");

        Assert.Contains("Skipping target \"_NixPublishCore\"", again, StringComparison.Ordinal);
    }

    private static void DeleteStore(string store)
    {
        foreach (var folder in Directory.EnumerateDirectories(store, "*", SearchOption.AllDirectories))
        {
            File.SetUnixFileMode(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        Directory.Delete(store, recursive: true);
    }
}

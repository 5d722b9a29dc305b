using System.Runtime.Versioning;
using NixSharp.Files;
using NixSharp.Testing;
using Xunit;

namespace NixSharp.Core.Tests.Files;

[UnsupportedOSPlatform("windows")]
public sealed class FileTreeDeleteTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Read_only_trees_are_deleted_and_symlinks_not_followed(bool managed)
    {
        var outside = _folder.Write("outside/file", "stays");
        using (var writer = new TreeWriter(_folder["tree"], TreeWriterOptions.Canonical))
        {
            writer.BeginDirectory([]);
            writer.BeginDirectory("sub"u8);
            writer.AddFile("file"u8, executable: false, 0, Stream.Null);
            writer.AddSymlink("link"u8, System.Text.Encoding.UTF8.GetBytes(_folder["outside"]));
            writer.EndDirectory();
            writer.EndDirectory();
        }

        if (managed)
        {
            ManagedTreeDeleter.Delete(_folder["tree"], CancellationToken.None);
        }
        else
        {
            FileTree.Delete(_folder["tree"]);
        }

        Assert.False(Path.Exists(_folder["tree"]));
        Assert.Equal("stays", File.ReadAllText(outside));
    }

    [Fact]
    public void Files_and_symlinks_are_deleted_and_nothing_there_is_fine()
    {
        _folder.Write("target/file", "stays");
        File.CreateSymbolicLink(_folder["link"], "target");
        FileTree.Delete(_folder["link"]);
        FileTree.Delete(_folder.Write("file", "goes"));
        FileTree.Delete(_folder["absent"]);
        FileTree.Delete(_folder["absent/below"]);
        Assert.Equal([_folder["target"]], Directory.EnumerateFileSystemEntries(_folder.Path));
        Assert.True(File.Exists(_folder["target/file"]));
    }

    [Fact]
    public void A_copy_is_equal_and_its_modes_are_as_asked()
    {
        _folder.Write("tree/sub/file", new string('x', 300_000));
        _folder.Write("tree/empty", "");
        File.CreateSymbolicLink(_folder["tree/link"], "sub");
        FileTree.Copy(_folder["tree"], _folder["copy"], TreeWriterOptions.Canonical);
        Assert.Equal(TreeRecorder.Record(_folder["tree"]), TreeRecorder.Record(_folder["copy"]));
        Assert.False(File.GetUnixFileMode(_folder["copy/empty"]).HasFlag(UnixFileMode.UserWrite));
    }

    [Fact]
    public void The_managed_reader_reads_the_same_tree()
    {
        _folder.Write("tree/b/file", "contents");
        _folder.Write("tree/b.a", "");
        _folder.Write("tree/B/x", "x");
        _folder.Write("tree/é", "accent");
        File.CreateSymbolicLink(_folder["tree/link"], "absent");
        File.CreateSymbolicLink(_folder["tree/up"], "b");
        var recorder = new TreeRecorder();
        new ManagedTreeReader(recorder, CancellationToken.None).Read(_folder["tree"]);
        Assert.Equal(TreeRecorder.Record(_folder["tree"]), recorder.Lines);
    }
}

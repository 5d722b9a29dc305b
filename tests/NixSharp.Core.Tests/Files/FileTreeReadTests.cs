using System.Net.Sockets;
using System.Runtime.Versioning;
using System.Text;
using NixSharp.Files;
using NixSharp.Testing;
using Xunit;

namespace NixSharp.Core.Tests.Files;

[UnsupportedOSPlatform("windows")]
public sealed class FileTreeReadTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [RequiresFact(Requirements.Golden)]
    public void Golden_trees_are_read_in_the_order_of_a_NAR()
    {
        var read = 0;
        foreach (var tree in GoldenTree.All().Where(static tree => tree.IsComplete))
        {
            using (var writer = new TreeWriter(_folder[tree.Case]))
            {
                tree.WriteBackwards(writer);
                Assert.True(writer.IsComplete);
            }

            Assert.Equal(tree.ExpectedCalls(), TreeRecorder.Record(_folder[tree.Case]));
            FileTree.Delete(_folder[tree.Case]);
            Assert.False(Path.Exists(_folder[tree.Case]));
            read++;
        }

        Assert.InRange(read, 20, int.MaxValue);
    }

    [Fact]
    public void A_symlink_is_read_and_not_followed_even_with_a_slash_behind()
    {
        Directory.CreateDirectory(_folder["folder"]);
        File.CreateSymbolicLink(_folder["link"], "folder");
        var expected = $"symlink  {Convert.ToHexStringLower("folder"u8)}";
        Assert.Equal([expected], TreeRecorder.Record(_folder["link"]));
        Assert.Equal([expected], TreeRecorder.Record(_folder["link"] + "/"));
    }

    [Theory]
    [InlineData(0x100, false)]
    [InlineData(0x1a5, false)]
    [InlineData(0x1ac, false)]
    [InlineData(0x140, true)]
    [InlineData(0x9ed, true)]
    public void Only_the_owners_right_makes_a_file_executable(int mode, bool executable)
    {
        File.SetUnixFileMode(_folder.Write("file", "m"), (UnixFileMode)mode);
        Assert.StartsWith($"file  {executable} 1 ", Assert.Single(TreeRecorder.Record(_folder["file"])), StringComparison.Ordinal);
    }

    [Fact]
    public void Trees_deeper_than_the_descriptors_kept_and_longer_than_a_path_are_written_read_and_deleted()
    {
        const int Depth = 3000;
        using (var writer = new TreeWriter(_folder["deep"], TreeWriterOptions.Canonical))
        {
            for (var level = 0; level < Depth; level++)
            {
                writer.BeginDirectory("level"u8);
                writer.AddFile("a"u8, executable: false, 1, new MemoryStream([1]));
            }

            for (var level = 0; level < Depth; level++)
            {
                writer.AddFile("z"u8, executable: false, 1, new MemoryStream([2]));
                writer.EndDirectory();
            }
        }

        var calls = TreeRecorder.Record(_folder["deep"]);
        FileTree.Delete(_folder["deep"]);
        Assert.Equal(Depth * 4, calls.Count);
        Assert.Equal(Depth, calls.Count(static call => call.StartsWith("file 7a ", StringComparison.Ordinal)));
        Assert.False(Directory.Exists(_folder["deep"]));
    }

    [Fact]
    public void Large_folders_are_sorted_by_bytes()
    {
        Directory.CreateDirectory(_folder["many"]);
        var names = Enumerable.Range(0, 5000).Select(static number => $"entry-{number * 7919 % 5000}").ToList();
        names.ForEach(name => File.WriteAllText(_folder["many/" + name], ""));
        var expected = names.Order(StringComparer.Ordinal).Select(static name => Convert.ToHexStringLower(Encoding.ASCII.GetBytes(name)));
        var calls = TreeRecorder.Record(_folder["many"]);
        Assert.Equal(expected, calls[1..^1].Select(static call => call.Split(' ')[1]));
    }

    [Fact]
    public void Nothing_there_is_an_error_that_names_the_path()
    {
        var error = Assert.Throws<NixFileException>(() => TreeRecorder.Record(_folder["absent"]));
        Assert.Equal(NixErrorCodes.SourceNotFound, error.Code);
        Assert.Equal(_folder["absent"], error.Path);
    }

    [Fact]
    public void Sockets_and_devices_are_refused_by_path()
    {
        Directory.CreateDirectory(_folder["tree"]);
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(_folder["tree/socket"]));
        var error = Assert.Throws<NixFileException>(() => TreeRecorder.Record(_folder["tree"]));
        Assert.Equal(NixErrorCodes.UnsupportedFileType, error.Code);
        Assert.Equal(_folder["tree/socket"], error.Path);
        Assert.Equal(NixErrorCodes.UnsupportedFileType, Assert.Throws<NixFileException>(() => TreeRecorder.Record("/dev/null")).Code);
    }

    [Theory]
    [InlineData(10, NixErrorCodes.SourceChanged)]
    [InlineData(-10, NixErrorCodes.SourceChanged)]
    [InlineData(0, null)]
    public void A_file_that_grows_or_shrinks_while_it_is_read_is_an_error(int change, string? code)
    {
        var path = _folder.Write("tree/file", new string('x', 100));
        var error = Record.Exception(() => FileTree.Read(_folder["tree"], new ChangingSink(path, 100 + change)));
        Assert.Equal(code, (error as NixFileException)?.Code);
        Assert.Equal(code is null ? null : path, (error as NixFileException)?.Path);
    }

    [Fact]
    public void A_sink_need_not_read_the_contents()
    {
        _folder.Write("tree/a", "first");
        _folder.Write("tree/b", "second");
        var sink = new IndifferentSink();
        FileTree.Read(_folder["tree"], sink);
        Assert.Equal(2, sink.Files);
    }

    [Fact]
    public void Cancelling_stops_the_walk()
    {
        _folder.Write("tree/a", "a");
        Assert.Throws<OperationCanceledException>(() => FileTree.Read(_folder["tree"], new TreeRecorder(), new CancellationToken(true)));
    }

    private sealed class ChangingSink(string path, int size) : IFileTreeSink
    {
        public void BeginDirectory(ReadOnlySpan<byte> name)
        {
        }

        public void EndDirectory()
        {
        }

        public void AddFile(ReadOnlySpan<byte> name, bool executable, long declared, Stream contents)
        {
            using (var file = File.OpenWrite(path))
            {
                file.SetLength(size);
            }

            contents.CopyTo(Stream.Null);
        }

        public void AddSymlink(ReadOnlySpan<byte> name, ReadOnlySpan<byte> target)
        {
        }
    }

    private sealed class IndifferentSink : IFileTreeSink
    {
        public int Files { get; private set; }

        public void BeginDirectory(ReadOnlySpan<byte> name)
        {
        }

        public void EndDirectory()
        {
        }

        public void AddFile(ReadOnlySpan<byte> name, bool executable, long size, Stream contents) => Files++;

        public void AddSymlink(ReadOnlySpan<byte> name, ReadOnlySpan<byte> target)
        {
        }
    }
}

using System.Runtime.Versioning;
using System.Text;
using NixSharp.Files;
using NixSharp.Testing;
using Xunit;

namespace NixSharp.Core.Tests.Files;

[UnsupportedOSPlatform("windows")]
public sealed class TreeWriterTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public static TheoryData<bool> BothWays => [false, true];

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(BothWays))]
    public void Canonical_trees_have_the_modes_and_times_of_a_store(bool managed)
    {
        WriteSample(TreeWriterOptions.Canonical with { UseManagedCalls = managed });
        const UnixFileMode Read = UnixFileMode.UserRead | UnixFileMode.GroupRead | UnixFileMode.OtherRead;
        const UnixFileMode Execute = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;
        Assert.Equal(Read | Execute, File.GetUnixFileMode(_folder["tree"]));
        Assert.Equal(Read | Execute, File.GetUnixFileMode(_folder["tree/folder"]));
        Assert.Equal(Read | Execute, File.GetUnixFileMode(_folder["tree/folder/run"]));
        Assert.Equal(Read, File.GetUnixFileMode(_folder["tree/folder/text"]));
        foreach (var name in new[] { "tree", "tree/folder", "tree/folder/run", "tree/folder/text", "tree/link" })
        {
            Assert.Equal(DateTime.UnixEpoch.AddSeconds(1), new FileInfo(_folder[name]).LastWriteTimeUtc);
        }
    }

    [Theory]
    [MemberData(nameof(BothWays))]
    public void Ordinary_trees_can_be_written_to(bool managed)
    {
        WriteSample(TreeWriterOptions.Ordinary with { UseManagedCalls = managed });
        Assert.True(File.GetUnixFileMode(_folder["tree/folder/text"]).HasFlag(UnixFileMode.UserWrite));
        Assert.True(File.GetUnixFileMode(_folder["tree/folder/run"]).HasFlag(UnixFileMode.UserExecute));
        Assert.True(new FileInfo(_folder["tree/folder/text"]).LastWriteTimeUtc > DateTime.UtcNow.AddDays(-1));
        Assert.Equal("contents", File.ReadAllText(_folder["tree/folder/text"]));
        Assert.Equal("folder/text", new FileInfo(_folder["tree/link"]).LinkTarget);
    }

    [Theory]
    [MemberData(nameof(BothWays))]
    public void What_is_written_is_read_again(bool managed)
    {
        WriteSample(TreeWriterOptions.Canonical with { UseManagedCalls = managed });
        Assert.Equal(
            ["folder ", "folder 666f6c646572", "file 72756e True 700000 " + Sha256(new byte[700_000]), "file 74657874 False 8 " + Sha256("contents"u8), "end", "symlink 6c696e6b 666f6c6465722f74657874", "end"],
            TreeRecorder.Record(_folder["tree"]));
    }

    [Theory]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("..")]
    [InlineData("../outside")]
    [InlineData("/etc")]
    [InlineData("a\0b")]
    public void Names_that_could_leave_the_folder_are_refused(string name)
    {
        var bytes = Encoding.UTF8.GetBytes(name);
        var writes = new Action<TreeWriter>[]
        {
            writer => writer.BeginDirectory(bytes),
            writer => writer.AddFile(bytes, executable: false, 0, Stream.Null),
            writer => writer.AddSymlink(bytes, "target"u8),
        };
        for (var index = 0; index < writes.Length; index++)
        {
            using var writer = new TreeWriter(_folder[$"tree{index}"]);
            writer.BeginDirectory([]);
            var error = Assert.Throws<NixFileException>(() => writes[index](writer));
            Assert.Equal(NixErrorCodes.InvalidFileName, error.Code);
            Assert.Empty(Directory.EnumerateFileSystemEntries(_folder[$"tree{index}"]));
        }
    }

    [Fact]
    public void Names_of_256_bytes_and_targets_that_no_symlink_can_have_are_refused()
    {
        using var writer = new TreeWriter(_folder["tree"]);
        writer.BeginDirectory([]);
        Assert.Equal(NixErrorCodes.InvalidFileName, Assert.Throws<NixFileException>(() => writer.BeginDirectory(new byte[256].Select(static _ => (byte)'n').ToArray())).Code);
        Assert.Equal(NixErrorCodes.InvalidFileName, Assert.Throws<NixFileException>(() => writer.AddSymlink("a"u8, [])).Code);
        Assert.Equal(NixErrorCodes.InvalidFileName, Assert.Throws<NixFileException>(() => writer.AddSymlink("a"u8, "b\0c"u8)).Code);
        Assert.Equal(NixErrorCodes.InvalidFileName, Assert.Throws<NixFileException>(() => writer.AddSymlink("a"u8, new byte[4096].Select(static _ => (byte)'t').ToArray())).Code);
    }

    [Theory]
    [MemberData(nameof(BothWays))]
    public void A_folder_that_is_named_like_a_symlink_does_not_lead_out(bool managed)
    {
        Directory.CreateDirectory(_folder["outside"]);
        using var writer = new TreeWriter(_folder["tree"], new TreeWriterOptions { UseManagedCalls = managed });
        writer.BeginDirectory([]);
        writer.AddSymlink("trap"u8, Encoding.UTF8.GetBytes(_folder["outside"]));
        Assert.Throws<NixFileException>(() => writer.BeginDirectory("trap"u8));
        Assert.Throws<NixFileException>(() => writer.AddFile("trap"u8, executable: false, 0, Stream.Null));
        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder["outside"]));
    }

    [Theory]
    [MemberData(nameof(BothWays))]
    public void What_is_there_already_is_left_alone(bool managed)
    {
        _folder.Write("tree", "precious");
        using var writer = new TreeWriter(_folder["tree"], new TreeWriterOptions { UseManagedCalls = managed });
        var error = Assert.Throws<NixFileException>(() => writer.AddFile([], executable: false, 0, Stream.Null));
        Assert.Equal(NixErrorCodes.StoreWriteFailed, error.Code);
        Assert.Equal("precious", File.ReadAllText(_folder["tree"]));
    }

    [Theory]
    [MemberData(nameof(BothWays))]
    public void Contents_that_end_early_are_an_error(bool managed)
    {
        using var writer = new TreeWriter(_folder["tree"], new TreeWriterOptions { UseManagedCalls = managed });
        var error = Assert.Throws<NixFileException>(() => writer.AddFile([], executable: false, 10, new MemoryStream(new byte[9])));
        Assert.Equal(NixErrorCodes.SourceChanged, error.Code);
    }

    private static string Sha256(ReadOnlySpan<byte> data) =>
        Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(data));

    private void WriteSample(TreeWriterOptions options)
    {
        using var writer = new TreeWriter(_folder["tree"], options);
        writer.BeginDirectory([]);
        writer.BeginDirectory("folder"u8);
        writer.AddFile("run"u8, executable: true, 700_000, new MemoryStream(new byte[700_000]));
        writer.AddFile("text"u8, executable: false, 8, new MemoryStream("contents"u8.ToArray()));
        writer.EndDirectory();
        writer.AddSymlink("link"u8, "folder/text"u8);
        writer.EndDirectory();
        Assert.True(writer.IsComplete);
    }
}

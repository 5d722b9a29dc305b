using NixSharp.Files;
using NixSharp.Testing;
using Xunit;

namespace NixSharp.Core.Tests.Files;

public sealed class AtomicFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Files_are_made_and_replaced_and_nothing_else_stays()
    {
        AtomicFile.Write(_folder["file"], "first"u8);
        Assert.Equal("first", File.ReadAllText(_folder["file"]));
        await AtomicFile.WriteAsync(_folder["file"], "second"u8.ToArray());
        Assert.Equal("second", File.ReadAllText(_folder["file"]));
        Assert.Single(Directory.EnumerateFileSystemEntries(_folder.Path));
    }

    [Fact]
    public async Task A_place_that_cannot_be_written_is_an_error()
    {
        var error = Assert.Throws<NixFileException>(() => AtomicFile.Write(_folder["absent/file"], "x"u8));
        Assert.Equal(NixErrorCodes.StoreWriteFailed, error.Code);
        Directory.CreateDirectory(_folder["folder"]);
        error = await Assert.ThrowsAsync<NixFileException>(() => AtomicFile.WriteAsync(_folder["folder"], "x"u8.ToArray()));
        Assert.Equal(_folder["folder"], error.Path);
        Assert.Equal([_folder["folder"]], Directory.EnumerateFileSystemEntries(_folder.Path));
    }

    [Fact]
    public async Task Cancelling_leaves_what_was_there()
    {
        _folder.Write("file", "old");
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => AtomicFile.WriteAsync(_folder["file"], "new"u8.ToArray(), new CancellationToken(true)));
        Assert.Equal("old", File.ReadAllText(_folder["file"]));
        Assert.Single(Directory.EnumerateFileSystemEntries(_folder.Path));
    }

    [Fact]
    public void A_symlink_takes_the_place_of_another_wherever_they_lead()
    {
        Directory.CreateDirectory(_folder["folder"]);
        foreach (var target in (string[])[_folder["nowhere"], _folder["folder"], _folder.Write("file", "x"), _folder["folder"]])
        {
            AtomicFile.WriteSymlink(_folder["link"], target);
            Assert.Equal(target, new FileInfo(_folder["link"]).LinkTarget);
        }

        Assert.Equal(["file", "folder", "link"], Directory.GetFileSystemEntries(_folder.Path).Select(Path.GetFileName).Order());
    }
}

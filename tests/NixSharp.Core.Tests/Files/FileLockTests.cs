using NixSharp.Files;
using NixSharp.Testing;
using Xunit;

namespace NixSharp.Core.Tests.Files;

public sealed class FileLockTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void An_exclusive_lock_keeps_everybody_out_until_it_is_let_go()
    {
        using (FileLock.TryAcquire(_folder["lock"], FileLockMode.Exclusive))
        {
            Assert.Null(FileLock.TryAcquire(_folder["lock"], FileLockMode.Exclusive));
            Assert.Null(FileLock.TryAcquire(_folder["lock"], FileLockMode.Shared));
        }

        using var after = FileLock.TryAcquire(_folder["lock"], FileLockMode.Exclusive);
        Assert.NotNull(after);
    }

    [Fact]
    public void Shared_locks_go_together()
    {
        using var first = FileLock.TryAcquire(_folder["lock"], FileLockMode.Shared);
        using var second = FileLock.TryAcquire(_folder["lock"], FileLockMode.Shared);
        Assert.NotNull(second);
        Assert.Null(FileLock.TryAcquire(_folder["lock"], FileLockMode.Exclusive));
    }

    [Fact]
    public async Task Who_waits_gets_the_lock_when_it_is_let_go()
    {
        var held = await FileLock.AcquireAsync(_folder["lock"], FileLockMode.Exclusive);
        var waiting = FileLock.AcquireAsync(_folder["lock"], FileLockMode.Exclusive);
        Assert.False(waiting.IsCompleted);
        held.Dispose();
        using var taken = await waiting;
        Assert.Equal(FileLockMode.Exclusive, taken.Mode);
    }

    [Fact]
    public async Task A_deleted_lock_is_made_again_by_who_waits()
    {
        var held = await FileLock.AcquireAsync(_folder["lock"], FileLockMode.Exclusive);
        var waiting = FileLock.AcquireAsync(_folder["lock"], FileLockMode.Exclusive);
        held.DeleteAndDispose();
        using var taken = await waiting;
        Assert.True(File.Exists(_folder["lock"]));
        Assert.Null(FileLock.TryAcquire(_folder["lock"], FileLockMode.Shared));
    }

    [Fact]
    public async Task Waiting_ends_with_the_time_limit_or_the_token()
    {
        using var held = FileLock.TryAcquire(_folder["lock"], FileLockMode.Exclusive);
        var error = await Assert.ThrowsAsync<NixFileException>(
            () => FileLock.AcquireAsync(_folder["lock"], FileLockMode.Shared, TimeSpan.FromMilliseconds(20)));
        Assert.Equal(NixErrorCodes.StoreLocked, error.Code);
        using var cancelled = new CancellationTokenSource();
        var waiting = FileLock.AcquireAsync(_folder["lock"], FileLockMode.Shared, cancellationToken: cancelled.Token);
        await cancelled.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
    }

    [Fact]
    public void A_lock_in_a_folder_that_is_not_there_is_an_error()
    {
        var error = Assert.Throws<NixFileException>(() => FileLock.TryAcquire(_folder["absent/lock"], FileLockMode.Shared));
        Assert.Equal(NixErrorCodes.StoreWriteFailed, error.Code);
    }
}

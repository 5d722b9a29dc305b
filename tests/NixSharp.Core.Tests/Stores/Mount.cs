using NixSharp.Testing;

namespace NixSharp.Core.Tests.Stores;

/// <summary>A file system that is there until this is disposed.</summary>
internal sealed class Mount : IAsyncDisposable
{
    private readonly string _folder;

    private Mount(string folder)
    {
        _folder = folder;
    }

    /// <summary>Mounts an empty file system of a fixed size, in memory.</summary>
    public static async Task<Mount> CreateTmpfsAsync(string folder, string size)
    {
        Directory.CreateDirectory(folder);
        await CommandLine.RunAsync("mount", "-t", "tmpfs", "-o", $"size={size}", "nixsharp-test", folder);
        return new Mount(folder);
    }

    /// <summary>Makes a folder one that nobody can write, not even root.</summary>
    public static async Task<Mount> CreateReadOnlyAsync(string folder)
    {
        await CommandLine.RunAsync("mount", "--bind", folder, folder);
        var mount = new Mount(folder);
        await CommandLine.RunAsync("mount", "-o", "remount,bind,ro", folder);
        return mount;
    }

    public async ValueTask DisposeAsync() => await CommandLine.RunAsync("umount", _folder);
}

using System.Security.Cryptography;
using NixSharp.StorePaths;
using NixSharp.Stores;
using NixSharp.Testing;

namespace NixSharp.Core.Tests.Stores;

/// <summary>A folder for stores and sources, and what tests want to know of it.</summary>
public abstract class StoreFixture : IDisposable
{
    protected TemporaryFolder Folder { get; } = new();

    protected static StoreOptions Fast { get; } = new() { SyncBeforeRegistering = false };

    /// <summary>Something that can be a store path and that nobody has.</summary>
    protected static StorePath Stranger { get; } = StorePath.ParseBaseName($"{new string('s', 32)}-stranger");

    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    protected virtual void Dispose(bool disposing) => Folder.Dispose();

    protected LocalStore OpenStore(string name = "store") => LocalStore.Open(Folder[name], Fast);

    protected string MakeTree(string name = "tree")
    {
        Folder.Write($"{name}/plain", "text");
        File.SetUnixFileMode(Folder.Write($"{name}/bin/run", "#!/bin/sh\n"), (UnixFileMode)0x1f8);
        Directory.CreateDirectory(Folder[$"{name}/empty"]);
        File.CreateSymbolicLink(Folder[$"{name}/link"], "plain");
        return Folder[name];
    }

    /// <summary>The names in the folder of store objects, but for what every store has there.</summary>
    protected static IEnumerable<string> NamesIn(LocalStore store) =>
        Directory.EnumerateFileSystemEntries(store.Layout.RealStore).Select(static path => Path.GetFileName(path)).Where(static name => name != ".links").Order();

    /// <summary>Every file below a folder with a digest of its contents.</summary>
    protected static IReadOnlyDictionary<string, string> Snapshot(string folder) =>
        Directory.EnumerateFiles(folder, "*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = 0 })
            .ToDictionary(static file => file, static file => new FileInfo(file).LinkTarget ?? Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(file))));

    /// <summary>Changes one byte of a file of a store path behind the store's back, its time and mode kept.</summary>
    protected static void Damage(LocalStore store, StorePath path)
    {
        var place = store.GetRealPath(path);
        var file = File.Exists(place) ? place : Directory.EnumerateFiles(place, "*", SearchOption.AllDirectories).First(static name => new FileInfo(name).Length > 0);
        var (mode, time) = (File.GetUnixFileMode(file), File.GetLastWriteTimeUtc(file));
        File.SetUnixFileMode(file, mode | UnixFileMode.UserWrite);
        var bytes = File.ReadAllBytes(file);
        bytes[^1] ^= 1;
        File.WriteAllBytes(file, bytes);
        File.SetUnixFileMode(file, mode);
        File.SetLastWriteTimeUtc(file, time);
    }

    protected sealed class Callback(Action report) : IProgress<NixProgress>
    {
        public void Report(NixProgress value) => report();
    }
}

using NixSharp.StorePaths;

namespace NixSharp.Stores;

/// <summary>A store whose objects lie on this machine as files.</summary>
public interface IFileSystemStore : INixStore
{
    /// <summary>Where the files of <paramref name="path"/> are; equal to the path itself unless this is a chroot store.</summary>
    string GetRealPath(StorePath path);
}

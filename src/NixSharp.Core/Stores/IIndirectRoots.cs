namespace NixSharp.Stores;

/// <summary>A store that can be told of symlinks elsewhere, which its clients have made.</summary>
public interface IIndirectRoots
{
    /// <summary>Keeps from being collected what the symlink at <paramref name="link"/> leads to, for as long as it does; the symlink itself is left as it is.</summary>
    Task AddIndirectRootAsync(string link, CancellationToken cancellationToken = default);
}

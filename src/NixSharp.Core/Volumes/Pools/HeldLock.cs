using NixSharp.Files;

namespace NixSharp.Volumes.Pools;

/// <summary>A lock whose file goes with it.</summary>
internal sealed class HeldLock(FileLock held) : IDisposable
{
    public void Dispose() => held.DeleteAndDispose();
}

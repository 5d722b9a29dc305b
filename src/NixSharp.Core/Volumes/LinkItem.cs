using NixSharp.Native;

namespace NixSharp.Volumes;

/// <summary>A store path to be linked, or a folder in one that is open on both sides.</summary>
/// <param name="SourcePath">Where it is; for a folder that is open, for messages only.</param>
/// <param name="Name">The store path's base name; null for a folder that is open.</param>
/// <param name="Source">The folder's descriptor.</param>
/// <param name="Target">The descriptor of its counterpart.</param>
internal readonly record struct LinkItem(string SourcePath, string? Name, int Source = -1, int Target = -1) : IDisposable
{
    /// <summary>Closes a folder that nobody will go through.</summary>
    public void Dispose()
    {
        if (Name is null)
        {
            LibC.Close(Source);
            LibC.Close(Target);
        }
    }
}

using NixSharp.Files;
using NixSharp.Native;

namespace NixSharp.Stores;

/// <summary>A folder of a store object; the same object stands for it everywhere.</summary>
/// <param name="path">Its full path, which ends in NUL.</param>
internal sealed class FolderPath(byte[] path)
{
    private static readonly byte[] Itself = [0];

    /// <summary>Lets its owner change what is in it.</summary>
    public bool TryMakeWritable() => LibC.ChangeModeAt(LibC.CurrentFolder, path, CanonicalModes.Executable | 0x80, 0) == 0;

    /// <summary>Gives it the mode and the time of everything in a store, unless it is gone.</summary>
    public void MakeCanonical()
    {
        var number = LibC.OpenAt(LibC.CurrentFolder, path, LibC.ReadOnly | LibC.Directory | LibC.NoFollow | LibC.CloseOnExec, 0);
        if (number < 0)
        {
            return;
        }

        using var descriptor = new FileDescriptor(number);
        if (LibC.StatX(number, Itself, LibC.EmptyPath, LibC.StatusBasics, out var status) == 0 && !status.IsCanonicalFolder)
        {
            _ = LibC.ChangeMode(number, CanonicalModes.Executable);
            _ = LibC.SetTimes(number, TimeSpec.Canonical);
        }
    }
}

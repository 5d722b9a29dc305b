using Microsoft.Win32.SafeHandles;

namespace NixSharp.Native;

/// <summary>An open file or folder of Linux, closed with this object.</summary>
internal sealed class FileDescriptor : SafeHandleMinusOneIsInvalid
{
    /// <summary>Takes over an open descriptor.</summary>
    public FileDescriptor(int number)
        : base(ownsHandle: true)
    {
        SetHandle(number);
    }

    public int Number => (int)handle;

    protected override bool ReleaseHandle() => LibC.Close((int)handle) == 0;
}

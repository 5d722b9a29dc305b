using System.Runtime.InteropServices;

namespace NixSharp.Native;

/// <summary>Linux's <c>struct mount_attr</c>.</summary>
/// <param name="Set">Attributes to set.</param>
/// <param name="Clear">Attributes to clear.</param>
/// <param name="Propagation">How mounts spread from here and to here.</param>
/// <param name="UserNamespace">A descriptor; not used.</param>
[StructLayout(LayoutKind.Sequential)]
internal readonly record struct MountAttributes(ulong Set, ulong Clear = 0, ulong Propagation = MountAttributes.Private, ulong UserNamespace = 0)
{
    public const ulong ReadOnly = 1;
    public const ulong NoSetUserId = 2;
    public const ulong NoDevices = 4;

    /// <summary><c>MS_PRIVATE</c>: neither from here nor to here.</summary>
    public const ulong Private = 1 << 18;
}

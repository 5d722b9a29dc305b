using NixSharp.Csi.Protocol;

namespace NixSharp.Csi.Services;

/// <summary>Looks at how a volume is to be used.</summary>
internal static class CapabilityCheck
{
    private static readonly string[] HarmlessFlags = ["ro", "rw", "nosuid", "nodev", "noatime", "relatime"];

    /// <summary>Whether the volume is only to be read.</summary>
    /// <exception cref="CsiException">It says nothing, or something that cannot be done.</exception>
    public static bool IsReadOnly(VolumeCapability? capability)
    {
        if (capability is null || capability.AccessTypeCase == VolumeCapability.AccessTypeOneofCase.None)
        {
            throw Invalid("it is missing, or says nothing of the kind of access");
        }

        if (capability.AccessTypeCase == VolumeCapability.AccessTypeOneofCase.Block)
        {
            throw Invalid("there are no block devices here; ask for a mount");
        }

        if (capability.Mount.MountFlags.FirstOrDefault(static flag => !HarmlessFlags.Contains(flag)) is { } flag)
        {
            throw Invalid($"the mount flag '{flag}' is not known; known are {string.Join(", ", HarmlessFlags)}");
        }

        return capability.Mount.MountFlags.Contains("ro") || capability.AccessMode?.Mode
            is VolumeCapability.Types.AccessMode.Types.Mode.SingleNodeReaderOnly
            or VolumeCapability.Types.AccessMode.Types.Mode.MultiNodeReaderOnly;
    }

    private static CsiException Invalid(string why) =>
        new(NixErrorCodes.CsiInvalidRequest, $"The call was refused for its volume_capability: {why}.");
}

namespace NixSharp;

public static partial class NixErrorCodes
{
    /// <summary>A call to the CSI driver that lacks something, or has something that makes no sense.</summary>
    public const string CsiInvalidRequest = "NIXS3040";

    /// <summary>Attributes of a volume that say nothing to the driver, or too little.</summary>
    public const string CsiInvalidAttributes = "NIXS3041";

    /// <summary>A volume that the driver's policy does not allow.</summary>
    public const string CsiPolicy = "NIXS3042";

    /// <summary>A volume that is still being realised, or whose last call is still being answered.</summary>
    public const string CsiBusy = "NIXS3043";

    /// <summary>A volume that the driver does not know, or not at that path.</summary>
    public const string CsiUnknownVolume = "NIXS3044";

    /// <summary>A volume that is there already, and is another one.</summary>
    public const string CsiOtherVolume = "NIXS3045";

    /// <summary>A volume whose realisation took too long.</summary>
    public const string CsiTimedOut = "NIXS3046";

    /// <summary>A driver that cannot give out volumes yet, or not any more.</summary>
    public const string CsiNotReady = "NIXS3047";

    /// <summary>Something that has to be built, and that no builder takes.</summary>
    public const string CsiNoBuilder = "NIXS3048";
}

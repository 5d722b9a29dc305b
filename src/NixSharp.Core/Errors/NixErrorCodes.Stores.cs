namespace NixSharp;

public static partial class NixErrorCodes
{
    /// <summary>A store URI that cannot be read, or names a kind of store that is not supported.</summary>
    public const string InvalidStoreUri = "NIXS2001";

    /// <summary>The folder that should hold a store holds something else, or cannot be made or written.</summary>
    public const string StoreUnavailable = "NIXS2002";

    /// <summary>A store path that is not valid in the store that was asked.</summary>
    public const string PathNotValid = "NIXS2003";

    /// <summary>A store path that cannot be deleted: it is rooted, or others refer to it.</summary>
    public const string PathInUse = "NIXS2004";

    /// <summary>The store's database is damaged, or of a schema that is not supported.</summary>
    public const string StoreDatabase = "NIXS2005";

    /// <summary>A store object could not be written: no space, no permission, too many links.</summary>
    public const string StoreWriteFailed = "NIXS2006";

    /// <summary>The operation needs store objects as files, and this store does not have them.</summary>
    public const string StoreWithoutFiles = "NIXS2007";

    /// <summary>A lock that another process held for longer than the time limit.</summary>
    public const string StoreLocked = "NIXS2008";

    /// <summary>The operation is one that stores of this kind do not offer.</summary>
    public const string StoreCannot = "NIXS2010";

    /// <summary>A NAR whose hash or size is not what was announced.</summary>
    public const string NarMismatch = "NIXS2011";

    /// <summary>What an output of a derivation became contradicts what the store knows of it.</summary>
    public const string RealisationConflict = "NIXS2012";

    /// <summary>A path from elsewhere that no trusted key has signed.</summary>
    public const string PathNotTrusted = "NIXS2013";

    /// <summary>A store that was verified and has paths that are missing or were changed.</summary>
    public const string StoreDamaged = "NIXS2014";
}

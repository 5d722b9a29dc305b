namespace NixSharp.Flakes.Expressions;

/// <summary>How tightly an expression holds together, the tightest first: what is looser than its place allows gets parentheses.</summary>
internal enum NixBinding
{
    /// <summary>Names, strings, lists, sets.</summary>
    Atom,

    /// <summary><c>a.b</c></summary>
    Selection,

    /// <summary><c>f x</c></summary>
    Call,

    /// <summary><c>a + b</c>, <c>-1</c></summary>
    Operation,

    /// <summary>What goes on as far as it can: functions, <c>let</c>, <c>with</c>, <c>if</c>.</summary>
    Open,
}

namespace NixSharp.Flakes.Expressions;

/// <summary>Two expressions with an operator between them: <c>a // b</c>, <c>xs ++ ys</c>.</summary>
public sealed record NixOperation : NixExpression
{
    private static readonly string[] Operators = ["+", "-", "*", "/", "++", "//", "==", "!=", "<", "<=", ">", ">=", "&&", "||", "->"];

    /// <summary>Joins two expressions.</summary>
    /// <exception cref="FlakeException">The language has no such operator.</exception>
    public NixOperation(NixExpression left, string @operator, NixExpression right)
    {
        ArgumentNullException.ThrowIfNull(left);
        ArgumentNullException.ThrowIfNull(right);
        (Left, Right) = (left, right);
        Operator = Operators.Contains(@operator) ? @operator : throw NixNames.Invalid($"'{@operator}' is no operator in Nix");
    }

    /// <summary>What stands before the operator.</summary>
    public NixExpression Left { get; }

    /// <summary>The operator.</summary>
    public string Operator { get; }

    /// <summary>What stands after it.</summary>
    public NixExpression Right { get; }

    internal override NixBinding Binding => NixBinding.Operation;
}
